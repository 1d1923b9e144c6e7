namespace Emu.Mm;

/// <summary>
/// A doubly linked list of frames through <see cref="Page.Next"/> and <see cref="Page.Previous"/>. Linux: <c>list_head</c>
/// through <c>page->lru</c>.
/// </summary>
/// <remarks>A frame is on one list at most. Lock: that of the list's owner.</remarks>
public unsafe struct PageList
{
    /// <summary>First PFN, 0 if empty.</summary>
    public uint First { get; private set; }

    /// <summary>Last PFN, 0 if empty.</summary>
    public uint Last { get; private set; }

    /// <summary>Frames on the list.</summary>
    public long Count { get; private set; }

    /// <summary>Whether nothing is on it.</summary>
    public readonly bool IsEmpty => First == 0;

    /// <summary>Adds at the head. Linux: <c>list_add</c>.</summary>
    public void AddFirst(Page* pages, uint pfn)
    {
        pages[pfn].Previous = 0;
        pages[pfn].Next = First;
        if (First != 0)
            pages[First].Previous = pfn;
        else
            Last = pfn;
        First = pfn;
        Count++;
    }

    /// <summary>Adds at the tail. Linux: <c>list_add_tail</c>.</summary>
    public void AddLast(Page* pages, uint pfn)
    {
        pages[pfn].Next = 0;
        pages[pfn].Previous = Last;
        if (Last != 0)
            pages[Last].Next = pfn;
        else
            First = pfn;
        Last = pfn;
        Count++;
    }

    /// <summary>Takes a frame off. Linux: <c>list_del</c>.</summary>
    public void Remove(Page* pages, uint pfn)
    {
        uint next = pages[pfn].Next, previous = pages[pfn].Previous;
        if (next != 0)
            pages[next].Previous = previous;
        else
            Last = previous;
        if (previous != 0)
            pages[previous].Next = next;
        else
            First = next;
        pages[pfn].Next = pages[pfn].Previous = 0;
        Count--;
    }

    /// <summary>Takes the first frame off. The list must not be empty.</summary>
    public uint RemoveFirst(Page* pages)
    {
        uint pfn = First;
        uint next = pages[pfn].Next;
        First = next;
        if (next != 0)
            pages[next].Previous = 0;
        else
            Last = 0;
        pages[pfn].Next = 0;
        Count--;
        return pfn;
    }

    /// <summary>Moves everything of <paramref name="other"/> behind the last frame. Linux: <c>list_splice_tail_init</c>.</summary>
    public void AppendAll(Page* pages, ref PageList other)
    {
        if (other.IsEmpty)
            return;
        if (IsEmpty)
        {
            this = other;
        }
        else
        {
            pages[Last].Next = other.First;
            pages[other.First].Previous = Last;
            Last = other.Last;
            Count += other.Count;
        }
        other = default;
    }
}
