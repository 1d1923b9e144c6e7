using Emu.Host;

namespace Emu.Cli;

/// <summary>Exit statuses of the tool itself, as shells use them.</summary>
internal static class ExitStatus
{
    /// <summary>All went well.</summary>
    public const int Success = 0;

    /// <summary>A mistake on the command line.</summary>
    public const int Usage = 2;

    /// <summary>A limit of --timeout or --max-instructions was reached.</summary>
    public const int LimitReached = 124;

    /// <summary>emu itself failed: a defect, or output that could not be written.</summary>
    public const int Failure = 125;

    /// <summary>The program cannot be executed.</summary>
    public const int CannotExecute = 126;

    /// <summary>The program was not found.</summary>
    public const int NotFound = 127;

    /// <summary>Added to the number of the signal that ended the program, or emu.</summary>
    public const int SignalBase = 128;

    /// <summary>The status that a shell would show for a program.</summary>
    /// <param name="status">How it ended, as wait reports it.</param>
    public static int OfGuest(int status)
    {
        int signal = status & 0x7F;
        return signal != 0 ? SignalBase + signal : (status >> 8) & 0xFF;
    }
}

/// <summary>Lines for the user on stderr.</summary>
internal static class UserError
{
    /// <summary>Prints <c>emu: message</c>. Characters stand for bytes.</summary>
    public static void Print(string message)
    {
        ByteWriter line = new();
        line.Add("emu: "u8).Add(message).Add((byte)'\n');
        _ = HostFile.Write(2, line.Written); // there is nowhere left to tell of an error
    }

    /// <summary>Prints a message and gives the status to end with.</summary>
    public static int Fail(int status, string message)
    {
        Print(message);
        return status;
    }
}
