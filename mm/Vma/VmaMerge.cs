namespace Emu.Mm;

/// <summary>Joins neighbouring areas that have come to be alike. Linux: mm/vma.c (<c>struct vma_merge_struct</c>).</summary>
/// <remarks>Lock: mmap lock for writing. After every operation no two areas stand unmerged that Linux would have merged.</remarks>
public ref struct VmaMerge
{
    private readonly MemoryDescriptor _mm;
    private readonly VmArea? _previous, _next, _middle, _source;
    private readonly VmFile? _file;
    private readonly string? _anonName;
    private readonly MemPolicy? _policy;
    private readonly UserfaultContext? _userfault;
    private bool _justExpand;
    private VmFlags _flags;
    private ulong _start, _end, _pageOffset;

    private VmaMerge(MemoryDescriptor mm, VmArea? middle, ulong start, ulong end, VmFlags flags, ulong pageOffset, VmFile? file, string? anonName,
        MemPolicy? policy, UserfaultContext? userfault, VmArea? copiedFrom = null)
    {
        _source = middle ?? copiedFrom;
        _policy = policy;
        _mm = mm;
        _middle = middle;
        _start = start;
        _end = end;
        _flags = flags;
        _pageOffset = pageOffset;
        _file = file;
        _anonName = anonName;
        _userfault = userfault;
        _previous = middle != null && middle.Start != start ? middle : mm.AreaBelow(start);
        _next = middle != null && middle.End != end ? middle : mm.FindArea(end);
    }

    /// <summary>For a range that nothing is mapped in yet.</summary>
    public static VmaMerge ForNewRange(MemoryDescriptor mm, ulong start, ulong end, VmFlags flags, ulong pageOffset, VmFile? file) =>
        new(mm, null, start, end, flags, pageOffset, file, null, null, null);

    /// <summary>For a free range that an area is copied to with its pages (mremap). Linux: <c>copy_vma</c>.</summary>
    public static VmaMerge ForCopy(VmArea source, ulong start, ulong end, VmFlags flags, ulong pageOffset, UserfaultContext? userfault) =>
        new(source.Mm, null, start, end, flags, pageOffset, source.File, source.AnonName, source.Policy, userfault, source);

    /// <summary>For the free range right behind an area that is to grow. Linux: <c>vma_merge_extend</c>.</summary>
    public static VmaMerge ForExtension(VmArea area, ulong delta) =>
        new(area.Mm, null, area.End, area.End + delta, area.Flags, area.PageOffset + area.Pages, area.File, area.AnonName, area.Policy, area.Userfault, area);

    /// <summary>For a part of an area whose flags or name are about to change.</summary>
    public static VmaMerge ForModified(VmArea middle, ulong start, ulong end, VmFlags flags, string? anonName) =>
        new(middle.Mm, middle, start, end, flags, middle.PageIndexOf(start), middle.File, anonName, middle.Policy, middle.Userfault);

    /// <summary>For a part of an area whose policy is about to change. Linux: <c>vma_modify_policy</c>.</summary>
    public static VmaMerge ForPolicy(VmArea middle, ulong start, ulong end, MemPolicy? policy) =>
        new(middle.Mm, middle, start, end, middle.Flags, middle.PageIndexOf(start), middle.File, middle.AnonName, policy, middle.Userfault);

    /// <summary>For a part of an area whose registration is about to change. Linux: <c>vma_modify_flags_uffd</c>.</summary>
    public static VmaMerge ForRegistered(VmArea middle, ulong start, ulong end, VmFlags flags, UserfaultContext? userfault) =>
        new(middle.Mm, middle, start, end, flags, middle.PageIndexOf(start), middle.File, middle.AnonName, middle.Policy, userfault);

    /// <summary>Extends the area below over a range that is free; what lies above stays on its own. Linux: <c>just_expand</c>.</summary>
    /// <returns>The area, or null if it does not fit.</returns>
    public VmArea? TryExpand()
    {
        _justExpand = true;
        return TryMergeNew();
    }

    /// <summary>Extends a neighbour over a range that is free. Linux: <c>vma_merge_new_range</c>.</summary>
    /// <returns>The neighbour, or null if none fits.</returns>
    public VmArea? TryMergeNew()
    {
        if ((_flags & VmFlags.Special) != 0)
            return null;
        bool left = CanMergeLeft(), right = !_justExpand && CanMergeRight(left);
        if (!left && !right)
            return null;
        if (left && right && IsBoundToStay(_next!))
            right = false;
        VmArea target = left ? _previous! : _next!;
        if (left)
            (_start, _pageOffset) = (_previous!.Start, _previous.PageOffset);
        if (right)
            _end = _next!.End;
        if (left && right)
        {
            AnonVmaLinks.Duplicate(target, _next!);
            Stick(_next!);
        }
        if (_source != null)
            AnonVmaLinks.Duplicate(target, _source); // the pages that are copied bring their links
        Commit(target, removed: left && right ? _next : null, shrunk: null, 0, 0);
        return target;
    }

    /// <summary>
    /// Gives a part of an area, about to become like a neighbour, to that neighbour. Linux: <c>vma_merge_existing_range</c>.
    /// </summary>
    /// <returns>The neighbour, or null if the area stays on its own.</returns>
    public VmArea? TryMergeModified()
    {
        VmArea middle = _middle!;
        bool leftSide = middle.Start == _start, rightSide = middle.End == _end;
        if ((_flags & VmFlags.Special) != 0 || (!leftSide && !rightSide))
            return null;
        bool left = leftSide && CanMergeLeft(), right = rightSide && CanMergeRight(left);
        bool whole = leftSide && rightSide;
        if ((!left && !right) || (whole && IsBoundToStay(middle)))
            return null;
        if (left && right && IsBoundToStay(_next!))
            right = false;
        if (left && right)
            return MergeBoth(middle);
        return left ? MergeLeft(middle, whole) : MergeRight(middle, whole);
    }

    private VmArea MergeBoth(VmArea middle)
    {
        VmArea target = _previous!, next = _next!;
        (_start, _pageOffset, _end) = (target.Start, target.PageOffset, next.End);
        Stick(next);
        AnonVmaLinks.Duplicate(target, next.AnonVma != null ? next : middle);
        Remove(middle);
        Commit(target, removed: next, shrunk: null, 0, 0);
        return target;
    }

    private VmArea MergeLeft(VmArea middle, bool whole)
    {
        VmArea target = _previous!;
        (_start, _pageOffset) = (target.Start, target.PageOffset);
        AnonVmaLinks.Duplicate(target, middle);
        if (whole)
            Commit(target, removed: middle, shrunk: null, 0, 0);
        else
            Commit(target, removed: null, shrunk: middle, _end, middle.End);
        return target;
    }

    private VmArea MergeRight(VmArea middle, bool whole)
    {
        VmArea target = _next!;
        _end = target.End;
        AnonVmaLinks.Duplicate(target, middle);
        if (whole)
            Commit(target, removed: middle, shrunk: null, 0, 0);
        else
            Commit(target, removed: null, shrunk: middle, middle.Start, _start);
        return target;
    }

    // Linux: commit_merge
    private readonly void Commit(VmArea target, VmArea? removed, VmArea? shrunk, ulong shrunkStart, ulong shrunkEnd)
    {
        if (removed != null)
            Remove(removed);
        if (shrunk != null)
            _mm.AdjustArea(shrunk, shrunkStart, shrunkEnd);
        _mm.AdjustArea(target, _start, _end, _pageOffset);
        _mm.Areas.StoreRange(_start, _end - 1, target);
        // What was written since the bits were cleared, or may hold guards, stays so for the whole.
        VmFlags sticky = _flags & VmFlags.IgnoreMerge;
        if ((target.Flags & sticky) != sticky)
            target.SetFlags(target.Flags | sticky);
    }

    // The area that is merged in gives the whole what sticks. Linux: the sticky flags of vma_merge_existing_range
    private void Stick(VmArea area) => _flags |= area.Flags & VmFlags.IgnoreMerge;

    // The area's range is taken over by another: only its links go. Linux: vma_complete (vp->remove)
    private readonly void Remove(VmArea area)
    {
        _mm.UnlinkFile(area);
        AnonVmaLinks.Unlink(area);
        _mm.Areas.StoreRange(area.Start, area.End - 1, null);
        _mm.FreeArea(area);
    }

    // Linux: can_vma_merge_left
    private readonly bool CanMergeLeft() =>
        _previous != null && _previous.End == _start && _previous != _middle && IsMergeable(_previous) && AnonVmaFits(_previous) &&
        _previous.PageOffset + _previous.Pages == _pageOffset;

    // Linux: can_vma_merge_right
    private readonly bool CanMergeRight(bool left)
    {
        if (_next == null || _next.Start != _end || _next == _middle || !IsMergeable(_next) || !AnonVmaFits(_next))
            return false;
        if (_next.PageOffset != _pageOffset + ((_end - _start) >> MmConstants.PageShift))
            return false;
        return !left || _previous!.AnonVma == null || _next.AnonVma == null || _previous.AnonVma == _next.AnonVma;
    }

    // Linux: is_mergeable_vma
    private readonly bool IsMergeable(VmArea neighbour) =>
        ((neighbour.Flags ^ _flags) & ~VmFlags.IgnoreMerge) == 0 && neighbour.File == _file && neighbour.AnonName == _anonName &&
        MemPolicy.AreEqual(neighbour.Policy, _policy) && neighbour.Userfault == _userfault;

    // Linux: is_mergeable_anon_vma
    private readonly bool AnonVmaFits(VmArea neighbour)
    {
        AnonVma? source = _source?.AnonVma;
        if (neighbour.AnonVma == null && source != null)
            return !HadUncowedParents(_source!);
        if (neighbour.AnonVma != null && source == null)
            return !HadUncowedParents(neighbour);
        return neighbour.AnonVma == source;
    }

    // More than one link: pages of an ancestor may still be mapped. Linux: vma_had_uncowed_parents
    private static bool HadUncowedParents(VmArea area) => area.AnonVmaChain is { NextOfArea: not null };

    // Linux: !can_merge_remove_vma
    private static bool IsBoundToStay(VmArea area) => area.Operations is { HasClose: true };
}
