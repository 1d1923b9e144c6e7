using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Rows of /sys of the usual kinds. Linux: <c>struct kobj_attribute</c> with its show and store functions.</summary>
internal static class SysAttribute
{
    /// <summary>A number that is only read.</summary>
    public static PseudoEntry Read(string name, Func<Kernel, long> get) =>
        PseudoEntry.File(name, (in PseudoContext context, ProcWriter writer) => writer.Decimal(get(context.Kernel)).Append("\n"u8));

    /// <summary>A number that can be set.</summary>
    /// <param name="name">The name.</param>
    /// <param name="get">Reads it.</param>
    /// <param name="set">Sets it; 0 or a negative errno.</param>
    /// <param name="maximum">Greatest number of its type.</param>
    /// <param name="rangeError">What a greater one gives: the kernel's functions differ in whether they pass ERANGE on.</param>
    public static PseudoEntry Number(string name, Func<Kernel, long> get, Func<Kernel, ulong, int> set, ulong maximum = uint.MaxValue,
        int rangeError = Errno.EINVAL)
    {
        int Store(in PseudoContext context, ReadOnlySpan<byte> text)
        {
            int error = PseudoText.ParseUnsigned(text, maximum, out ulong value);
            if (error != 0)
                return error == -Errno.ERANGE ? -rangeError : error;
            return set(context.Kernel, value);
        }
        return PseudoEntry.File(name, (in PseudoContext context, ProcWriter writer) => writer.Decimal(get(context.Kernel)).Append("\n"u8), Store);
    }

    /// <summary>Yes or no. Linux: <c>kstrtobool</c>.</summary>
    public static PseudoEntry Bool(string name, Func<Kernel, bool> get, Action<Kernel, bool> set)
    {
        int Store(in PseudoContext context, ReadOnlySpan<byte> text)
        {
            if (!PseudoText.TryParseBool(text, out bool value))
                return -Errno.EINVAL;
            set(context.Kernel, value);
            return 0;
        }
        return PseudoEntry.File(name, (in PseudoContext context, ProcWriter writer) => writer.Append(get(context.Kernel) ? "1\n"u8 : "0\n"u8), Store);
    }

    /// <summary>One of several words; the one that holds stands in brackets.</summary>
    /// <param name="name">The name.</param>
    /// <param name="words">The words in the order in which they are shown.</param>
    /// <param name="get">Which of them holds.</param>
    /// <param name="set">Takes another; 0 or a negative errno.</param>
    public static PseudoEntry Choice(string name, string[] words, Func<Kernel, int> get, Func<Kernel, int, int> set)
    {
        void Show(in PseudoContext context, ProcWriter writer)
        {
            int chosen = get(context.Kernel);
            for (int at = 0; at < words.Length; at++)
                writer.Append(at == chosen ? $"[{words[at]}]" : words[at]).Append(at == words.Length - 1 ? "\n"u8 : " "u8);
        }
        int Store(in PseudoContext context, ReadOnlySpan<byte> text)
        {
            string word = System.Text.Encoding.Latin1.GetString(PseudoText.WithoutLineEnd(text));
            int chosen = Array.IndexOf(words, word);
            return chosen < 0 ? -Errno.EINVAL : set(context.Kernel, chosen);
        }
        return PseudoEntry.File(name, Show, Store);
    }
}
