using System.Globalization;

namespace Emu.Mm.Tests;

/// <summary>How long the random tests run: EMU_TEST_SCALE multiplies the number of their samples.</summary>
internal static class TestScale
{
    public static int Iterations(int standard)
    {
        string? text = Environment.GetEnvironmentVariable("EMU_TEST_SCALE");
        return double.TryParse(text, CultureInfo.InvariantCulture, out double scale) ? Math.Max((int)(standard * scale), 1) : standard;
    }
}
