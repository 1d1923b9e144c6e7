using Emu.Cli;
using Emu.Host;

// The runtime has decoded the words and lost what is no UTF-8: only their number counts. The host still has the bytes, behind what names
// the tool (emu, or dotnet with emu.dll).
int error = HostProcess.GetArguments(out byte[][] words);
if (error != 0)
    return UserError.Fail(ExitStatus.Failure, $"/proc/self/cmdline: {ErrnoNames.TextOf(-error)}");
HostProcess.ExitNow(Application.Run(words.AsSpan(words.Length - args.Length)));
return ExitStatus.Failure;
