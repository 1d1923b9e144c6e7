using System.Diagnostics.CodeAnalysis;
using Emu.Mm;

namespace Emu.Cli;

/// <summary>Counts faults by class and by area.</summary>
internal sealed class FaultCounts : IMmEvents
{
    private readonly Dictionary<byte[], Row> _areas = new(NameComparer.Instance);
    private readonly Dictionary<byte[], Row>.AlternateLookup<ReadOnlySpan<byte>> _byName;
    private readonly ByteWriter _name = new();

    /// <summary>Nothing counted yet.</summary>
    public FaultCounts() => _byName = _areas.GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>Faults of an area, or of a class.</summary>
    /// <param name="name">Raw name.</param>
    internal sealed class Row(byte[] name)
    {
        /// <summary>Raw name; empty for addresses where nothing was mapped.</summary>
        public byte[] Name { get; } = name;

        /// <summary>All of them.</summary>
        public long Total { get; set; }

        /// <summary>Those that waited for I/O.</summary>
        public long Major { get; set; }
    }

    /// <summary>Faults counted.</summary>
    public long Total { get; private set; }

    /// <summary>Faults that waited for I/O.</summary>
    public long Major { get; private set; }

    /// <summary>Faults by class.</summary>
    public long[] ByClass { get; } = new long[FaultNames.Count];

    /// <inheritdoc/>
    public void OnFault(in FaultEvent fault)
    {
        _name.Clear();
        if (fault.Area is { } area)
            AreaNames.Append(_name, area);
        Count(fault, _name.Written);
    }

    /// <summary>Counts a fault whose area's name is at hand.</summary>
    public void Count(in FaultEvent fault, ReadOnlySpan<byte> area)
    {
        Total++;
        ByClass[(int)fault.Class]++;
        if (!_byName.TryGetValue(area, out Row? row))
            _areas.Add(area.ToArray(), row = new Row(area.ToArray()));
        row.Total++;
        if (!fault.IsMajor)
            return;
        Major++;
        row.Major++;
    }

    /// <summary>The areas, most faults first, equal ones by name.</summary>
    public List<Row> SortedAreas()
    {
        List<Row> rows = [.. _areas.Values];
        rows.Sort(static (a, b) => a.Total != b.Total ? b.Total.CompareTo(a.Total) : a.Name.AsSpan().SequenceCompareTo(b.Name));
        return rows;
    }

    /// <summary>The classes that occurred, most faults first, equal ones in their own order.</summary>
    public List<FaultClass> SortedClasses()
    {
        List<FaultClass> classes = [];
        for (int i = 0; i < ByClass.Length; i++)
        {
            if (ByClass[i] != 0)
                classes.Add((FaultClass)i);
        }
        classes.Sort((a, b) => ByClass[(int)a] != ByClass[(int)b] ? ByClass[(int)b].CompareTo(ByClass[(int)a]) : a.CompareTo(b));
        return classes;
    }

    private sealed class NameComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static NameComparer Instance { get; } = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] byte[] bytes) => GetHashCode((ReadOnlySpan<byte>)bytes);

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            uint hash = 2166136261; // FNV-1a
            foreach (byte b in alternate)
                hash = (hash ^ b) * 16777619;
            return (int)hash;
        }
    }
}
