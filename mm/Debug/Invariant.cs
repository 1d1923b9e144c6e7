using System.Runtime.CompilerServices;

namespace Emu.Mm;

/// <summary>
/// Checks for the <c>Validate</c> methods of the data structures, which tests call after every step (as <c>MT_BUG_ON</c>,
/// <c>XA_BUG_ON</c> do). A message is built only when its check fails.
/// </summary>
internal static class Invariant
{
    /// <summary>Throws unless <paramref name="condition"/> holds.</summary>
    /// <param name="condition">What must be true.</param>
    /// <param name="message">Which invariant is broken, and where.</param>
    /// <exception cref="InvalidOperationException">The condition is false.</exception>
    internal static void Require(
        bool condition, [InterpolatedStringHandlerArgument(nameof(condition))] ref Message message)
    {
        if (!condition)
            throw new InvalidOperationException(message.Text);
    }

    /// <summary>An interpolated string that is only evaluated when the condition is false.</summary>
    [InterpolatedStringHandler]
    internal ref struct Message
    {
        private DefaultInterpolatedStringHandler _text;

        /// <summary>Called by the compiler before the parts of the string.</summary>
        public Message(int literalLength, int formattedCount, bool condition, out bool wanted)
        {
            wanted = !condition;
            if (wanted)
                _text = new DefaultInterpolatedStringHandler(literalLength, formattedCount);
        }

        /// <summary>The finished message.</summary>
        internal string Text => _text.ToStringAndClear();

        /// <summary>Called by the compiler for the fixed parts.</summary>
        public void AppendLiteral(string value) => _text.AppendLiteral(value);

        /// <summary>Called by the compiler for the values.</summary>
        public void AppendFormatted<TValue>(TValue value) => _text.AppendFormatted(value);

        /// <summary>Called by the compiler for the values with a format.</summary>
        public void AppendFormatted<TValue>(TValue value, string format) => _text.AppendFormatted(value, format);
    }
}
