namespace Emu.Mm.Tests;

/// <summary>How long the random tests run: EMU_TEST_SCALE multiplies the number of their samples.</summary>
internal static class TestScale
{
    public static int Iterations(int standard) =>
        standard * (int.TryParse(Environment.GetEnvironmentVariable("EMU_TEST_SCALE"), out int scale) ? scale : 1);
}
