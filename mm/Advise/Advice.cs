namespace Emu.Mm;

/// <summary>What a process says of a range of its memory. Linux: <c>MADV_*</c>; madvise(2).</summary>
public enum Advice
{
    /// <summary>A name is set; not for user space. Linux: <c>__MADV_SET_ANON_VMA_NAME</c>.</summary>
    SetAnonName = -1,

    /// <summary>Read ahead as usual.</summary>
    Normal = 0,

    /// <summary>Read at random: no readahead.</summary>
    Random = 1,

    /// <summary>Read in sequence: read far ahead, drop soon.</summary>
    Sequential = 2,

    /// <summary>Will be used: read it in.</summary>
    WillNeed = 3,

    /// <summary>Contents are not needed: the next access finds what the object holds, or zeros.</summary>
    DontNeed = 4,

    /// <summary>Contents may be dropped under pressure, unless written again.</summary>
    Free = 8,

    /// <summary>Contents of the object behind it are dropped too: a hole is punched.</summary>
    Remove = 9,

    /// <summary>Not for the child of a fork.</summary>
    DontFork = 10,

    /// <summary>For the child again.</summary>
    DoFork = 11,

    /// <summary>KSM may merge its pages.</summary>
    Mergeable = 12,

    /// <summary>KSM must not, and what it merged is undone.</summary>
    Unmergeable = 13,

    /// <summary>Huge pages are wanted.</summary>
    HugePage = 14,

    /// <summary>Huge pages are not wanted.</summary>
    NoHugePage = 15,

    /// <summary>Left out of core dumps.</summary>
    DontDump = 16,

    /// <summary>Part of core dumps again.</summary>
    DoDump = 17,

    /// <summary>The child of a fork finds zeros.</summary>
    WipeOnFork = 18,

    /// <summary>The child finds the contents again.</summary>
    KeepOnFork = 19,

    /// <summary>Not used soon: first to be reclaimed.</summary>
    Cold = 20,

    /// <summary>Not used soon: reclaimed now.</summary>
    PageOut = 21,

    /// <summary>Faulted in for reading.</summary>
    PopulateRead = 22,

    /// <summary>Faulted in for writing.</summary>
    PopulateWrite = 23,

    /// <summary><see cref="DontNeed"/> for locked memory too.</summary>
    DontNeedLocked = 24,

    /// <summary>Put into huge pages now.</summary>
    Collapse = 25,

    /// <summary>The memory behind it fails; the kernel is built without it. Linux: needs <c>CONFIG_MEMORY_FAILURE</c>.</summary>
    HwPoison = 100,

    /// <summary>The memory behind it is taken out of use; the kernel is built without it.</summary>
    SoftOffline = 101,

    /// <summary>Any access is SIGSEGV, with no area of its own.</summary>
    GuardInstall = 102,

    /// <summary>Guards are taken away.</summary>
    GuardRemove = 103,
}

/// <summary>What follows from an advice alone.</summary>
public static class AdviceRules
{
    /// <summary>Whether there is such an advice in our configuration. Linux: <c>madvise_behavior_valid</c>.</summary>
    public static bool IsKnown(this Advice advice) =>
        advice is (>= Advice.Normal and <= Advice.DontNeed) or (>= Advice.Free and <= Advice.Collapse) or Advice.GuardInstall or Advice.GuardRemove;

    /// <summary>Whether one process may give it to another. Linux: <c>process_madvise_remote_valid</c>.</summary>
    public static bool IsForOthers(this Advice advice) => advice is Advice.Cold or Advice.PageOut or Advice.WillNeed or Advice.Collapse;

    /// <summary>Whether contents are lost by it. Linux: <c>is_discard</c>.</summary>
    internal static bool Discards(this Advice advice) => advice is Advice.Free or Advice.DontNeed or Advice.DontNeedLocked or Advice.Remove or
        Advice.DontFork or Advice.WipeOnFork or Advice.GuardInstall;
}
