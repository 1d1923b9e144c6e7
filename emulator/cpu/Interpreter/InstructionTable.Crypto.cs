using Iced.Intel;

namespace Emu.Cpu;

/// <content>What the model max adds: AES, SHA and their kin, and small extensions.</content>
internal static unsafe partial class InstructionTable
{
    private static void AddCrypto(nint[] rows)
    {
        Set(rows, &Packed.Bind<AesEncrypt>, Mnemonic.Aesenc, Mnemonic.Vaesenc);
        Set(rows, &Packed.Bind<AesEncryptLast>, Mnemonic.Aesenclast, Mnemonic.Vaesenclast);
        Set(rows, &Packed.Bind<AesDecrypt>, Mnemonic.Aesdec, Mnemonic.Vaesdec);
        Set(rows, &Packed.Bind<AesDecryptLast>, Mnemonic.Aesdeclast, Mnemonic.Vaesdeclast);
        Set(rows, &Packed.Bind<AesInverseMixColumns>, Mnemonic.Aesimc, Mnemonic.Vaesimc);
        Set(rows, &VectorCrypto.KeyAssist, Mnemonic.Aeskeygenassist, Mnemonic.Vaeskeygenassist);
        Set(rows, &VectorCrypto.CarrylessMultiply, Mnemonic.Pclmulqdq, Mnemonic.Vpclmulqdq);
        Set(rows, &Packed.Bind<Sha1NextE>, Mnemonic.Sha1nexte);
        Set(rows, &Packed.Bind<Sha1Schedule1>, Mnemonic.Sha1msg1);
        Set(rows, &Packed.Bind<Sha1Schedule2>, Mnemonic.Sha1msg2);
        Set(rows, &VectorCrypto.Sha1Rounds, Mnemonic.Sha1rnds4);
        Set(rows, &Packed.Bind<Sha256Schedule1>, Mnemonic.Sha256msg1);
        Set(rows, &Packed.Bind<Sha256Schedule2>, Mnemonic.Sha256msg2);
        Set(rows, &VectorCrypto.Sha256Rounds, Mnemonic.Sha256rnds2);
        Set(rows, &Packed.Bind<GaloisMultiply>, Mnemonic.Gf2p8mulb, Mnemonic.Vgf2p8mulb);
        Set(rows, &VectorCrypto.Affine, Mnemonic.Gf2p8affineqb, Mnemonic.Vgf2p8affineqb);
        Set(rows, &VectorCrypto.AffineInverse, Mnemonic.Gf2p8affineinvqb, Mnemonic.Vgf2p8affineinvqb);
    }

    private static void AddSmallExtensions(nint[] rows)
    {
        Set(rows, &ExtendedCarry.Bind<ByCarry>, Mnemonic.Adcx);
        Set(rows, &ExtendedCarry.Bind<ByOverflow>, Mnemonic.Adox);
        Set(rows, &SystemInstructions.Flush, Mnemonic.Clflushopt, Mnemonic.Clwb);
        Set(rows, &SystemInstructions.Fence, Mnemonic.Serialize);
        Set(rows, &VectorMove.NonTemporalInteger, Mnemonic.Movdiri);
        Set(rows, &RandomNumbers.Bind, Mnemonic.Rdrand, Mnemonic.Rdseed);
        Set(rows, &SegmentBases.ReadProcessorId, Mnemonic.Rdpid);
        Set(rows, &SegmentBases.Read, Mnemonic.Rdfsbase, Mnemonic.Rdgsbase);
        Set(rows, &SegmentBases.Write, Mnemonic.Wrfsbase, Mnemonic.Wrgsbase);
    }
}
