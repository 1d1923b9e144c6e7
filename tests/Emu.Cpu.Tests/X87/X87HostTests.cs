using System.Globalization;
using System.Text;
using Xunit.Abstractions;

namespace Emu.Cpu.Tests.X87;

/// <summary>
/// Every exact operation against this host's FPU, bit for bit: registers, memory, exception flags and the condition codes
/// that the operation defines.
/// </summary>
public sealed class X87HostTests(X87Oracle oracle, ITestOutputHelper output) : IClassFixture<X87Oracle>
{
    private const int RandomCount = 200_000;

    /// <summary>Enough where only the control word matters.</summary>
    private const int ControlCount = 10_000;

    private const int BatchSize = 50_000;
    private const int ReportLimit = 10;

    /// <summary>1 − √½.</summary>
    private static readonly Float80 OneLessRootOfHalf = new(0x95F6_1998_0C43_36F7, 0x3FFD);

    private static readonly X87Op[] Transcendentals =
    [
        X87Op.F2xm1, X87Op.Fyl2x, X87Op.Fyl2xp1, X87Op.Fptan, X87Op.Fpatan, X87Op.Fsin, X87Op.Fcos, X87Op.Fsincos,
    ];

    public static TheoryData<X87Op> Inexact => [.. Transcendentals];

    public static TheoryData<X87Op> Exact => [.. Enum.GetValues<X87Op>().Except(Transcendentals)];

    [X87Theory]
    [MemberData(nameof(Exact))]
    public void Operation_EqualsHost_OnEdges(X87Op op)
    {
        Compare(Edges(op));
    }

    [X87Theory]
    [MemberData(nameof(Exact))]
    public void Operation_EqualsHost_OnRandomOperands(X87Op op)
    {
        int seed = Seed();
        output.WriteLine($"seed {seed}");
        int count = op is >= X87Op.Fld1 and <= X87Op.Fldz ? ControlCount : RandomCount;
        Compare(RandomCases(op, new FastRandom(seed), count));
    }

    internal static int Seed()
    {
        string? given = Environment.GetEnvironmentVariable("EMU_TEST_SEED");
        return given is null ? Environment.TickCount : int.Parse(given, CultureInfo.InvariantCulture);
    }

    internal static IEnumerable<OracleCase> Edges(X87Op op)
    {
        foreach (ushort control in X87Cases.Controls)
        {
            foreach (Float80 a in X87Cases.Values)
            {
                foreach (Float80 b in UsesSecond(op) ? X87Cases.Values : [Float80.One])
                {
                    foreach (ulong memory in UsesMemory(op) ? X87Cases.Memory : [0UL])
                        yield return NewCase(op, control, a, b, memory);
                }
            }
        }
    }

    internal static IEnumerable<OracleCase> RandomCases(X87Op op, Random random, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Float80 a = X87Cases.RandomValue(random);
            Float80 b = op == X87Op.Fbld ? X87Cases.RandomDecimal(random) : X87Cases.RandomNear(random, a);
            yield return NewCase(op, X87Cases.RandomControl(random), a, b, X87Cases.RandomMemory(random));
        }
    }

    private static OracleCase NewCase(X87Op op, ushort control, Float80 a, Float80 b, ulong memory) => new()
    {
        Op = (ushort)op,
        Control = control,
        St0 = new Packed80(a),
        St1 = new Packed80(b),
        Memory = memory,
    };

    [X87Theory]
    [MemberData(nameof(Inexact))]
    public void Transcendental_IsWithinOneUlpOfHost(X87Op op)
    {
        int seed = Seed();
        output.WriteLine($"seed {seed}");
        CompareNearly(Edges(op).Concat(RandomCases(op, new FastRandom(seed), RandomCount)));
    }

    private static bool UsesSecond(X87Op op)
    {
        return op is <= X87Op.Fdivr or (>= X87Op.Fcom and <= X87Op.Fucomi) or X87Op.Fprem or X87Op.Fprem1 or X87Op.Fscale
            or X87Op.Fyl2x or X87Op.Fyl2xp1 or X87Op.Fpatan;
    }

    private static bool UsesMemory(X87Op op)
    {
        return op is (>= X87Op.FldSingle and <= X87Op.Fild64) or >= X87Op.FaddSingle;
    }

    private void Compare(IEnumerable<OracleCase> cases)
    {
        Run(cases, (in OracleCase testCase, in OracleResult emulated, in OracleResult native, ushort defined) =>
            !IsDefined(testCase)
            || (Same(testCase, emulated, native) && ((native.Status ^ emulated.Status) & defined) == 0));
    }

    /// <summary>Allows one unit in the last place, and the C1 that goes with it.</summary>
    private void CompareNearly(IEnumerable<OracleCase> cases)
    {
        int neighbours = 0;
        int otherDirections = 0;
        Run(cases, (in OracleCase testCase, in OracleResult emulated, in OracleResult native, ushort defined) =>
        {
            if (!IsDefined(testCase))
                return true;
            if (Same(testCase, emulated, native))
            {
                int difference = (native.Status ^ emulated.Status) & defined;
                otherDirections += (difference & X87Status.C1) != 0 ? 1 : 0;
                return (difference & ~X87Status.C1) == 0;
            }
            neighbours++;
            return IsNear(native.St0.Value, emulated.St0.Value)
                && IsNear(native.St1.Value, emulated.St1.Value)
                && ((native.Status ^ emulated.Status) & defined & ~(X87Status.C1 | X87Status.UE | X87Status.ES)) == 0;
        });
        output.WriteLine($"{neighbours} one unit off in the last place, {otherDirections} equal with another C1");
    }

    private delegate bool Accepts(in OracleCase testCase, in OracleResult emulated, in OracleResult native, ushort defined);

    private void Run(IEnumerable<OracleCase> cases, Accepts accepts)
    {
        int mismatches = 0;
        int total = 0;
        StringBuilder report = new();
        foreach (OracleCase[] batch in cases.Chunk(BatchSize))
        {
            Task<OracleResult[]> host = Task.Run(() => oracle.Run(batch));
            OracleResult[] emulated = new OracleResult[batch.Length];
            ushort[] defined = new ushort[batch.Length];
            for (int i = 0; i < batch.Length; i++)
                emulated[i] = X87Model.Run(batch[i], out defined[i]);
            OracleResult[] native = host.GetAwaiter().GetResult();
            for (int i = 0; i < batch.Length; i++)
            {
                if (!accepts(batch[i], emulated[i], native[i], defined[i]) && mismatches++ < ReportLimit)
                    report.AppendLine($"{batch[i]}\n  emu  {emulated[i]}\n  host {native[i]}");
            }
            total += batch.Length;
        }
        output.WriteLine($"{total} cases, {mismatches} mismatches");
        Assert.True(mismatches == 0, $"{mismatches} of {total} differ\n{report}");
    }

    private static bool Same(in OracleCase testCase, in OracleResult emulated, in OracleResult native)
    {
        const ulong ComparedFlags = 0x45;
        bool toFlags = (X87Op)testCase.Op is X87Op.Fcomi or X87Op.Fucomi;
        bool sameMemory = toFlags
            ? (native.Memory & ComparedFlags) == emulated.Memory
            : native.Memory == emulated.Memory && native.MemoryHigh == emulated.MemoryHigh;
        return sameMemory && native.St0.Value == emulated.St0.Value && native.St1.Value == emulated.St1.Value;
    }

    /// <summary>
    /// Whether the manual defines the result: not for F2XM1 and FYL2XP1 beyond their ranges, nor for FBLD of digits
    /// above 9.
    /// </summary>
    private static bool IsDefined(in OracleCase testCase)
    {
        Float80 magnitude = Float80.Abs(testCase.St0.Value);
        return (X87Op)testCase.Op switch
        {
            X87Op.F2xm1 => !magnitude.IsNormal || IsAtMost(magnitude, Float80.One),
            X87Op.Fyl2xp1 => !magnitude.IsNormal || IsAtMost(magnitude, OneLessRootOfHalf),
            X87Op.Fbld => IsDecimal(testCase.St1),
            _ => true,
        };
    }

    private static bool IsAtMost(Float80 magnitude, Float80 limit)
    {
        return (magnitude.Exponent, magnitude.Significand).CompareTo((limit.Exponent, limit.Significand)) <= 0;
    }

    private static bool IsDecimal(Packed80 digits)
    {
        string hexadecimal = $"{digits.SignExponent & 0xFF:X2}{digits.Significand:X16}";
        return hexadecimal.All(char.IsAsciiDigit);
    }

    /// <summary>Whether two registers are the same or neighbours; the exponent counts on from the significand.</summary>
    private static bool IsNear(Float80 left, Float80 right)
    {
        Int128 distance = Position(left) - Position(right);
        return Int128.Abs(distance) <= 1;
    }

    private static Int128 Position(Float80 value)
    {
        ulong fraction = value.Significand & (ulong.MaxValue >> 1);
        Int128 position = ((Int128)Math.Max(value.Exponent, (int)(value.Significand >> 63)) << 63) + fraction;
        return value.IsNegative ? -position : position;
    }
}
