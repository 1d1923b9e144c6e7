namespace Emu.Syscalls;

/// <summary>Numbers of ioctls. Linux: include/uapi/asm-generic/ioctls.h, include/uapi/linux/fs.h.</summary>
internal static class IoctlCommands
{
#pragma warning disable CS1591 // the names are the documentation
    public const uint TcGets = 0x5401, TcSets = 0x5402, TcSetsw = 0x5403, TcSetsf = 0x5404, TcSbrk = 0x5409, TcXonc = 0x540A, TcFlsh = 0x540B,
        TiocSctty = 0x540E, TiocGpgrp = 0x540F, TiocSpgrp = 0x5410, TiocOutq = 0x5411, TiocGwinsz = 0x5413, TiocSwinsz = 0x5414,
        FioNRead = 0x541B, FioNBio = 0x5421, TiocNotty = 0x5422, TcSbrkp = 0x5425, TiocGsid = 0x5429, TcGets2 = 0x802C542A,
        TcSets2 = 0x402C542B, TcSetsw2 = 0x402C542C, TcSetsf2 = 0x402C542D, FioNClex = 0x5450, FioClex = 0x5451, FioAsync = 0x5452,
        TiocExcl = 0x540C, TiocNxcl = 0x540D, TiocSti = 0x5412, TiocPkt = 0x5420, TiocSetd = 0x5423, TiocGetd = 0x5424, TiocGptn = 0x80045430,
        TiocSptLck = 0x40045431, TiocGdev = 0x80045432, TiocSig = 0x40045436, TiocGpkt = 0x80045438, TiocGptLck = 0x80045439,
        TiocGptPeer = 0x5441, FioQSize = 0x5460, FigetBsz = 2, FsIocGetFlags = 0x80086601, FiClone = 0x40049409, FiCloneRange = 0x4020940D;
#pragma warning restore CS1591
}
