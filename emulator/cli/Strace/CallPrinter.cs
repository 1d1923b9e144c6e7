namespace Emu.Cli;

/// <summary>Prints system calls in strace's grammar, from the kinds in their rows. Source: strace(1).</summary>
internal static class CallPrinter
{
    private const int ResultColumn = 40;

    /// <summary>Prints what can be printed before the call is done. Memory may be another afterwards.</summary>
    public static void Enter(CallText call)
    {
        CallKind[] kinds = CallKinds.Of(call.Row.Kinds).Arguments;
        for (int i = 0; i < kinds.Length; i++)
        {
            call.Writer.Clear();
            PrintState state = PrintArgument(call, kinds[i], i);
            call.Texts[i] = state switch { PrintState.Done => call.Writer.Written.ToArray(), PrintState.Dropped => [], _ => null };
        }
    }

    /// <summary>Prints the rest, when the call is done.</summary>
    public static void Leave(CallText call, long result)
    {
        call.IsDone = true;
        call.Result = result;
        CallKind[] kinds = CallKinds.Of(call.Row.Kinds).Arguments;
        for (int i = 0; i < kinds.Length; i++)
        {
            if (call.Texts[i] == null)
            {
                call.Writer.Clear();
                PrintState state = PrintArgument(call, kinds[i], i);
                call.Texts[i] = state == PrintState.Dropped ? [] : call.Writer.Written.ToArray();
            }
            if (KindTable.Notes.TryGetValue(kinds[i].Name, out NotePrinter? note) && result is >= 0 or <= -4096)
                note(call, kinds[i], i);
        }
    }

    /// <summary>Adds name and arguments up to the first that waits for the result, whose comma is added too.</summary>
    /// <returns>Index of the first argument that is not known.</returns>
    public static int AddBegin(ByteWriter writer, CallText call)
    {
        writer.Add(call.Row.Name).Add((byte)'(');
        int known = CountKnown(call);
        AddRange(writer, call, 0, known);
        if (known < CallKinds.Of(call.Row.Kinds).Arguments.Length && HasText(call, known))
            writer.Add(", "u8);
        return known;
    }

    /// <summary>Adds the arguments that <see cref="AddBegin"/> left out.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="call">The call, done.</param>
    /// <param name="first">What <see cref="AddBegin"/> returned.</param>
    public static void AddRest(ByteWriter writer, CallText call, int first) =>
        AddRange(writer, call, first, CallKinds.Of(call.Row.Kinds).Arguments.Length);

    /// <summary>Adds the result behind the arguments: <c>) = 0</c>.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="call">The call; null as result for one that does not return.</param>
    /// <param name="lineStart">Where the line begins in the writer.</param>
    public static void AddResult(ByteWriter writer, CallText call, int lineStart)
    {
        writer.Add((byte)')').PadFrom(lineStart, ResultColumn).Add("= "u8);
        if (!call.IsDone)
            writer.Add((byte)'?');
        else if (call.HasFailed)
            AddError(writer, (int)-call.Result);
        else
            AddValue(writer, call);
        if (call.Note.Length != 0)
            writer.Add(" ("u8).Add(call.Note.Written).Add((byte)')');
    }

    /// <summary>Prints a value, or what it points to, by its kind.</summary>
    public static void AddValue(CallText call, in CallKind kind, ulong value)
    {
        if (KindTable.Special.TryGetValue(kind.Name, out SpecialPrinter? special))
            special(call, kind, IndexOf(call, value));
        else if (kind.Direction == KindDirection.Value)
            PrintRegister(call, kind, value);
        else
            PrintPointed(call, kind, value);
    }

    private static int CountKnown(CallText call)
    {
        int count = CallKinds.Of(call.Row.Kinds).Arguments.Length;
        for (int i = 0; i < count; i++)
        {
            if (call.Texts[i] == null)
                return i;
        }
        return count;
    }

    private static bool HasText(CallText call, int before)
    {
        for (int i = 0; i < before; i++)
        {
            if (call.Texts[i]!.Length != 0)
                return true;
        }
        return false;
    }

    private static void AddRange(ByteWriter writer, CallText call, int first, int end)
    {
        bool any = false;
        for (int i = first; i < end; i++)
        {
            ReadOnlySpan<byte> text = call.Texts[i];
            if (text.IsEmpty)
                continue;
            writer.Add(any ? ", "u8 : ""u8).Add(text);
            any = true;
        }
    }

    private static PrintState PrintArgument(CallText call, in CallKind kind, int index)
    {
        if (KindTable.Special.TryGetValue(kind.Name, out SpecialPrinter? special))
            return special(call, kind, index);
        ulong value = call.Args[index];
        switch (kind.Direction)
        {
            case KindDirection.Value:
                PrintRegister(call, kind, value);
                return PrintState.Done;
            case KindDirection.Out or KindDirection.Interrupted when !call.IsDone:
                return PrintState.Later;
            case KindDirection.InOut when !call.IsDone && KindTable.Values.ContainsKey(kind.Name):
                call.ValueBefore = call.TryReadWord(value, out ulong before) ? before : 0;
                return PrintState.Later;
            case KindDirection.InOut when !call.IsDone:
                return PrintState.Later;
            case KindDirection.InOut when KindTable.Values.ContainsKey(kind.Name):
                PrintChanged(call, kind, value);
                return PrintState.Done;
            default:
                PrintPointed(call, kind, value);
                return PrintState.Done;
        }
    }

    private static void PrintRegister(CallText call, in CallKind kind, ulong value)
    {
        ValueKind known = KindTable.Values[kind.Name];
        ulong mask = known.Size >= 8 || kind.Name == "flags" ? ulong.MaxValue : uint.MaxValue;
        known.Print(call.Writer, value & mask, kind.Parameter);
    }

    // What the call writes is there only if it went well, or was interrupted where the kind asks for that.
    private static void PrintPointed(CallText call, in CallKind kind, ulong address)
    {
        bool isThere = kind.Direction switch
        {
            KindDirection.Interrupted => call.IsDone && IsInterruption(call.Result),
            KindDirection.Out or KindDirection.InOut => !call.HasFailed,
            _ => true,
        };
        if (address == 0 || !isThere || !TryPrintPointed(call, kind, address))
            call.Writer.AddPointer(address);
    }

    private static bool TryPrintPointed(CallText call, in CallKind kind, ulong address) =>
        KindTable.Pointed.TryGetValue(kind.Name, out PointedPrinter? pointed)
            ? pointed(call, kind, address)
            : StructKinds.TryPrint(call, kind, address);

    // A value that the call may change, such as an offset.
    private static void PrintChanged(CallText call, in CallKind kind, ulong address)
    {
        if (address == 0 || !call.TryReadWord(address, out ulong after))
        {
            call.Writer.AddPointer(address);
            return;
        }
        ValueKind known = KindTable.Values[kind.Name];
        known.Print(call.Writer.Add((byte)'['), call.ValueBefore, kind.Parameter);
        if (!call.HasFailed && after != call.ValueBefore)
            known.Print(call.Writer.Add("] => ["u8), after, kind.Parameter);
        call.Writer.Add((byte)']');
    }

    private static int IndexOf(CallText call, ulong value)
    {
        int index = 0;
        while (index < 5 && call.Args[index] != value)
            index++;
        return index;
    }

    private static bool IsInterruption(long result) => result is -4 or <= -512 and >= -516;

    private static void AddError(ByteWriter writer, int error)
    {
        const int FirstRestart = 512;
        if (error >= FirstRestart)
            writer.Add("? "u8).Add(ErrnoNames.NameOf(error)).Add(" ("u8).Add(ErrnoNames.TextOf(error)).Add((byte)')');
        else
            writer.Add("-1 "u8).Add(ErrnoNames.NameOf(error)).Add(" ("u8).Add(ErrnoNames.TextOf(error)).Add((byte)')');
    }

    private static void AddValue(ByteWriter writer, CallText call)
    {
        CallKind kind = CallKinds.Of(call.Row.Kinds).Result;
        switch (kind.Name)
        {
            case "hex":
                writer.AddHexNumber((ulong)call.Result);
                break;
            case "mode":
                writer.AddMode((ulong)call.Result);
                break;
            case "sig" or "enum" when call.Result >= 0:
                writer.Add(call.Result);
                KindTable.Values[kind.Name].Print(call.Note, (ulong)call.Result, kind.Parameter);
                break;
            case "personality":
                writer.AddHexNumber((ulong)call.Result);
                KindTable.Values[kind.Name].Print(call.Note, (ulong)call.Result, kind.Parameter);
                break;
            case var _ when call.IsResultHex:
                writer.AddHexNumber((ulong)call.Result);
                break;
            default:
                writer.Add(call.Result);
                break;
        }
    }
}
