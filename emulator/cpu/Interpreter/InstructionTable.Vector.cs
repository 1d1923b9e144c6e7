using Iced.Intel;

namespace Emu.Cpu;

/// <content>The integer side of MMX and SSE.</content>
internal static unsafe partial class InstructionTable
{
    private static void AddVectorMoves(nint[] rows)
    {
        Set(rows, &VectorMove.Unaligned, Mnemonic.Movups, Mnemonic.Movupd, Mnemonic.Movdqu, Mnemonic.Lddqu, Mnemonic.Vmovups,
            Mnemonic.Vmovupd, Mnemonic.Vmovdqu, Mnemonic.Vlddqu);
        Set(rows, &VectorMove.Aligned, Mnemonic.Movaps, Mnemonic.Movapd, Mnemonic.Movdqa, Mnemonic.Movntps, Mnemonic.Movntpd,
            Mnemonic.Movntdq, Mnemonic.Movntdqa, Mnemonic.Vmovaps, Mnemonic.Vmovapd, Mnemonic.Vmovdqa, Mnemonic.Vmovntps, Mnemonic.Vmovntpd,
            Mnemonic.Vmovntdq, Mnemonic.Vmovntdqa);
        Set(rows, &VectorMove.Scalar, Mnemonic.Movss, Mnemonic.Vmovss);
        Set(rows, &MovsdOrString, Mnemonic.Movsd, Mnemonic.Vmovsd);
        Set(rows, &CmpsdOrString, Mnemonic.Cmpsd, Mnemonic.Vcmpsd);
        Set(rows, &VectorMove.Quadword, Mnemonic.Movd, Mnemonic.Movq, Mnemonic.Vmovd, Mnemonic.Vmovq);
        Set(rows, &VectorMove.Low, Mnemonic.Movlps, Mnemonic.Movlpd, Mnemonic.Vmovlps, Mnemonic.Vmovlpd);
        Set(rows, &VectorMove.High, Mnemonic.Movhps, Mnemonic.Movhpd, Mnemonic.Vmovhps, Mnemonic.Vmovhpd);
        Set(rows, &VectorMove.HighToLow, Mnemonic.Movhlps, Mnemonic.Vmovhlps);
        Set(rows, &VectorMove.LowToHigh, Mnemonic.Movlhps, Mnemonic.Vmovlhps);
        Set(rows, &VectorMove.NonTemporalInteger, Mnemonic.Movnti);
        Set(rows, &VectorMove.NonTemporalMmx, Mnemonic.Movntq);
        Set(rows, &VectorMove.FromMmx, Mnemonic.Movq2dq);
        Set(rows, &VectorMove.ToMmx, Mnemonic.Movdq2q);
        Set(rows, &MmxState.Emms, Mnemonic.Emms);
        Set(rows, &VectorElement.Insert, Mnemonic.Pinsrb, Mnemonic.Pinsrw, Mnemonic.Pinsrd, Mnemonic.Pinsrq, Mnemonic.Vpinsrb,
            Mnemonic.Vpinsrw, Mnemonic.Vpinsrd, Mnemonic.Vpinsrq);
        Set(rows, &VectorElement.Extract, Mnemonic.Pextrb, Mnemonic.Pextrw, Mnemonic.Pextrd, Mnemonic.Pextrq, Mnemonic.Extractps,
            Mnemonic.Vpextrb, Mnemonic.Vpextrw, Mnemonic.Vpextrd, Mnemonic.Vpextrq, Mnemonic.Vextractps);
        Set(rows, &VectorElement.ByteMask, Mnemonic.Pmovmskb, Mnemonic.Vpmovmskb);
        Set(rows, &VectorElement.FloatMask, Mnemonic.Movmskps, Mnemonic.Movmskpd, Mnemonic.Vmovmskps, Mnemonic.Vmovmskpd);
        Set(rows, &VectorElement.MaskedStore, Mnemonic.Maskmovdqu, Mnemonic.Maskmovq, Mnemonic.Vmaskmovdqu);
    }

    private static void AddPackedArithmetic(nint[] rows)
    {
        Set(rows, &Packed.Bind<PackedAdd<byte>>, Mnemonic.Paddb, Mnemonic.Vpaddb);
        Set(rows, &Packed.Bind<PackedAdd<ushort>>, Mnemonic.Paddw, Mnemonic.Vpaddw);
        Set(rows, &Packed.Bind<PackedAdd<uint>>, Mnemonic.Paddd, Mnemonic.Vpaddd);
        Set(rows, &Packed.Bind<PackedAdd<ulong>>, Mnemonic.Paddq, Mnemonic.Vpaddq);
        Set(rows, &Packed.Bind<PackedAddSaturate<sbyte>>, Mnemonic.Paddsb, Mnemonic.Vpaddsb);
        Set(rows, &Packed.Bind<PackedAddSaturate<short>>, Mnemonic.Paddsw, Mnemonic.Vpaddsw);
        Set(rows, &Packed.Bind<PackedAddSaturate<byte>>, Mnemonic.Paddusb, Mnemonic.Vpaddusb);
        Set(rows, &Packed.Bind<PackedAddSaturate<ushort>>, Mnemonic.Paddusw, Mnemonic.Vpaddusw);
        Set(rows, &Packed.Bind<PackedSubtract<byte>>, Mnemonic.Psubb, Mnemonic.Vpsubb);
        Set(rows, &Packed.Bind<PackedSubtract<ushort>>, Mnemonic.Psubw, Mnemonic.Vpsubw);
        Set(rows, &Packed.Bind<PackedSubtract<uint>>, Mnemonic.Psubd, Mnemonic.Vpsubd);
        Set(rows, &Packed.Bind<PackedSubtract<ulong>>, Mnemonic.Psubq, Mnemonic.Vpsubq);
        Set(rows, &Packed.Bind<PackedSubtractSaturate<sbyte>>, Mnemonic.Psubsb, Mnemonic.Vpsubsb);
        Set(rows, &Packed.Bind<PackedSubtractSaturate<short>>, Mnemonic.Psubsw, Mnemonic.Vpsubsw);
        Set(rows, &Packed.Bind<PackedSubtractSaturate<byte>>, Mnemonic.Psubusb, Mnemonic.Vpsubusb);
        Set(rows, &Packed.Bind<PackedSubtractSaturate<ushort>>, Mnemonic.Psubusw, Mnemonic.Vpsubusw);
        Set(rows, &Packed.Bind<PackedAverageByte>, Mnemonic.Pavgb, Mnemonic.Vpavgb);
        Set(rows, &Packed.Bind<PackedAverageWord>, Mnemonic.Pavgw, Mnemonic.Vpavgw);
        Set(rows, &Packed.Bind<PackedAbsolute<sbyte>>, Mnemonic.Pabsb, Mnemonic.Vpabsb);
        Set(rows, &Packed.Bind<PackedAbsolute<short>>, Mnemonic.Pabsw, Mnemonic.Vpabsw);
        Set(rows, &Packed.Bind<PackedAbsolute<int>>, Mnemonic.Pabsd, Mnemonic.Vpabsd);
        Set(rows, &Packed.Bind<PackedSign<sbyte>>, Mnemonic.Psignb, Mnemonic.Vpsignb);
        Set(rows, &Packed.Bind<PackedSign<short>>, Mnemonic.Psignw, Mnemonic.Vpsignw);
        Set(rows, &Packed.Bind<PackedSign<int>>, Mnemonic.Psignd, Mnemonic.Vpsignd);
        Set(rows, &Packed.Bind<PackedSumOfDifferences>, Mnemonic.Psadbw, Mnemonic.Vpsadbw);
        Set(rows, &PackedSpecial.SumsOfDifferences, Mnemonic.Mpsadbw, Mnemonic.Vmpsadbw);
        Set(rows, &Packed.Bind<HorizontalMinimum>, Mnemonic.Phminposuw, Mnemonic.Vphminposuw);
        Set(rows, &Packed.BindRow<HorizontalAddWords>, Mnemonic.Phaddw, Mnemonic.Vphaddw);
        Set(rows, &Packed.BindRow<HorizontalAddDoublewords>, Mnemonic.Phaddd, Mnemonic.Vphaddd);
        Set(rows, &Packed.BindRow<HorizontalAddSaturate>, Mnemonic.Phaddsw, Mnemonic.Vphaddsw);
        Set(rows, &Packed.BindRow<HorizontalSubtractWords>, Mnemonic.Phsubw, Mnemonic.Vphsubw);
        Set(rows, &Packed.BindRow<HorizontalSubtractDoublewords>, Mnemonic.Phsubd, Mnemonic.Vphsubd);
        Set(rows, &Packed.BindRow<HorizontalSubtractSaturate>, Mnemonic.Phsubsw, Mnemonic.Vphsubsw);
    }

    private static void AddPackedMultiplies(nint[] rows)
    {
        Set(rows, &Packed.Bind<PackedMultiplyLow<short>>, Mnemonic.Pmullw, Mnemonic.Vpmullw);
        Set(rows, &Packed.Bind<PackedMultiplyLow<int>>, Mnemonic.Pmulld, Mnemonic.Vpmulld);
        Set(rows, &Packed.Bind<PackedMultiplyHigh>, Mnemonic.Pmulhw, Mnemonic.Vpmulhw);
        Set(rows, &Packed.Bind<PackedMultiplyHighUnsigned>, Mnemonic.Pmulhuw, Mnemonic.Vpmulhuw);
        Set(rows, &Packed.Bind<PackedMultiplyRound>, Mnemonic.Pmulhrsw, Mnemonic.Vpmulhrsw);
        Set(rows, &Packed.Bind<PackedMultiplyAdd>, Mnemonic.Pmaddwd, Mnemonic.Vpmaddwd);
        Set(rows, &Packed.Bind<PackedMultiplyAddBytes>, Mnemonic.Pmaddubsw, Mnemonic.Vpmaddubsw);
        Set(rows, &Packed.Bind<PackedMultiplyWide>, Mnemonic.Pmuludq, Mnemonic.Vpmuludq);
        Set(rows, &Packed.Bind<PackedMultiplyWideSigned>, Mnemonic.Pmuldq, Mnemonic.Vpmuldq);
    }

    private static void AddPackedComparisons(nint[] rows)
    {
        Set(rows, &Packed.Bind<PackedEqual<byte>>, Mnemonic.Pcmpeqb, Mnemonic.Vpcmpeqb);
        Set(rows, &Packed.Bind<PackedEqual<short>>, Mnemonic.Pcmpeqw, Mnemonic.Vpcmpeqw);
        Set(rows, &Packed.Bind<PackedEqual<int>>, Mnemonic.Pcmpeqd, Mnemonic.Vpcmpeqd);
        Set(rows, &Packed.Bind<PackedEqual<long>>, Mnemonic.Pcmpeqq, Mnemonic.Vpcmpeqq);
        Set(rows, &Packed.Bind<PackedGreater<sbyte>>, Mnemonic.Pcmpgtb, Mnemonic.Vpcmpgtb);
        Set(rows, &Packed.Bind<PackedGreater<short>>, Mnemonic.Pcmpgtw, Mnemonic.Vpcmpgtw);
        Set(rows, &Packed.Bind<PackedGreater<int>>, Mnemonic.Pcmpgtd, Mnemonic.Vpcmpgtd);
        Set(rows, &Packed.Bind<PackedGreater<long>>, Mnemonic.Pcmpgtq, Mnemonic.Vpcmpgtq);
        Set(rows, &Packed.Bind<PackedMinimum<sbyte>>, Mnemonic.Pminsb, Mnemonic.Vpminsb);
        Set(rows, &Packed.Bind<PackedMinimum<byte>>, Mnemonic.Pminub, Mnemonic.Vpminub);
        Set(rows, &Packed.Bind<PackedMinimum<short>>, Mnemonic.Pminsw, Mnemonic.Vpminsw);
        Set(rows, &Packed.Bind<PackedMinimum<ushort>>, Mnemonic.Pminuw, Mnemonic.Vpminuw);
        Set(rows, &Packed.Bind<PackedMinimum<int>>, Mnemonic.Pminsd, Mnemonic.Vpminsd);
        Set(rows, &Packed.Bind<PackedMinimum<uint>>, Mnemonic.Pminud, Mnemonic.Vpminud);
        Set(rows, &Packed.Bind<PackedMaximum<sbyte>>, Mnemonic.Pmaxsb, Mnemonic.Vpmaxsb);
        Set(rows, &Packed.Bind<PackedMaximum<byte>>, Mnemonic.Pmaxub, Mnemonic.Vpmaxub);
        Set(rows, &Packed.Bind<PackedMaximum<short>>, Mnemonic.Pmaxsw, Mnemonic.Vpmaxsw);
        Set(rows, &Packed.Bind<PackedMaximum<ushort>>, Mnemonic.Pmaxuw, Mnemonic.Vpmaxuw);
        Set(rows, &Packed.Bind<PackedMaximum<int>>, Mnemonic.Pmaxsd, Mnemonic.Vpmaxsd);
        Set(rows, &Packed.Bind<PackedMaximum<uint>>, Mnemonic.Pmaxud, Mnemonic.Vpmaxud);
        Set(rows, &Packed.Bind<PackedAnd>, Mnemonic.Pand, Mnemonic.Andps, Mnemonic.Andpd, Mnemonic.Vpand, Mnemonic.Vandps, Mnemonic.Vandpd);
        Set(rows, &Packed.Bind<PackedAndNot>, Mnemonic.Pandn, Mnemonic.Andnps, Mnemonic.Andnpd, Mnemonic.Vpandn, Mnemonic.Vandnps,
            Mnemonic.Vandnpd);
        Set(rows, &Packed.Bind<PackedOr>, Mnemonic.Por, Mnemonic.Orps, Mnemonic.Orpd, Mnemonic.Vpor, Mnemonic.Vorps, Mnemonic.Vorpd);
        Set(rows, &Packed.Bind<PackedExclusiveOr>, Mnemonic.Pxor, Mnemonic.Xorps, Mnemonic.Xorpd, Mnemonic.Vpxor, Mnemonic.Vxorps,
            Mnemonic.Vxorpd);
        Set(rows, &PackedSpecial.TestSingles, Mnemonic.Vtestps);
        Set(rows, &PackedSpecial.TestDoubles, Mnemonic.Vtestpd);
        Set(rows, &PackedSpecial.Test, Mnemonic.Ptest, Mnemonic.Vptest);
        Set(rows, &StringCompare.Bind, Mnemonic.Pcmpestri, Mnemonic.Pcmpestri64, Mnemonic.Pcmpestrm, Mnemonic.Pcmpestrm64,
            Mnemonic.Pcmpistri, Mnemonic.Pcmpistrm, Mnemonic.Vpcmpestri, Mnemonic.Vpcmpestri64, Mnemonic.Vpcmpestrm, Mnemonic.Vpcmpestrm64,
            Mnemonic.Vpcmpistri, Mnemonic.Vpcmpistrm);
    }

    private static void AddPackedShifts(nint[] rows)
    {
        Set(rows, &Packed.BindShift<PackedShiftLeft<ushort>>, Mnemonic.Psllw, Mnemonic.Vpsllw);
        Set(rows, &Packed.BindShift<PackedShiftLeft<uint>>, Mnemonic.Pslld, Mnemonic.Vpslld);
        Set(rows, &Packed.BindShift<PackedShiftLeft<ulong>>, Mnemonic.Psllq, Mnemonic.Vpsllq);
        Set(rows, &Packed.BindShift<PackedShiftRight<ushort>>, Mnemonic.Psrlw, Mnemonic.Vpsrlw);
        Set(rows, &Packed.BindShift<PackedShiftRight<uint>>, Mnemonic.Psrld, Mnemonic.Vpsrld);
        Set(rows, &Packed.BindShift<PackedShiftRight<ulong>>, Mnemonic.Psrlq, Mnemonic.Vpsrlq);
        Set(rows, &Packed.BindShift<PackedShiftArithmetic<short>>, Mnemonic.Psraw, Mnemonic.Vpsraw);
        Set(rows, &Packed.BindShift<PackedShiftArithmetic<int>>, Mnemonic.Psrad, Mnemonic.Vpsrad);
        Set(rows, &PackedShuffle.ShiftBytesLeft, Mnemonic.Pslldq, Mnemonic.Vpslldq);
        Set(rows, &PackedShuffle.ShiftBytesRight, Mnemonic.Psrldq, Mnemonic.Vpsrldq);
    }

    private static void AddPackedRearrangements(nint[] rows)
    {
        Set(rows, &PackedShuffle.Shuffle, Mnemonic.Pshufd, Mnemonic.Pshuflw, Mnemonic.Pshufhw, Mnemonic.Pshufw, Mnemonic.Vpshufd,
            Mnemonic.Vpshuflw, Mnemonic.Vpshufhw);
        Set(rows, &PackedShuffle.ShuffleFloat, Mnemonic.Shufps, Mnemonic.Shufpd, Mnemonic.Vshufps, Mnemonic.Vshufpd);
        Set(rows, &Packed.BindLanes<PackedShuffleBytes>, Mnemonic.Pshufb, Mnemonic.Vpshufb);
        Set(rows, &PackedShuffle.UnpackLow, Mnemonic.Punpcklbw, Mnemonic.Punpcklwd, Mnemonic.Punpckldq, Mnemonic.Punpcklqdq,
            Mnemonic.Unpcklps, Mnemonic.Unpcklpd, Mnemonic.Vpunpcklbw, Mnemonic.Vpunpcklwd, Mnemonic.Vpunpckldq, Mnemonic.Vpunpcklqdq,
            Mnemonic.Vunpcklps, Mnemonic.Vunpcklpd);
        Set(rows, &PackedShuffle.UnpackHigh, Mnemonic.Punpckhbw, Mnemonic.Punpckhwd, Mnemonic.Punpckhdq, Mnemonic.Punpckhqdq,
            Mnemonic.Unpckhps, Mnemonic.Unpckhpd, Mnemonic.Vpunpckhbw, Mnemonic.Vpunpckhwd, Mnemonic.Vpunpckhdq, Mnemonic.Vpunpckhqdq,
            Mnemonic.Vunpckhps, Mnemonic.Vunpckhpd);
        Set(rows, &Packed.BindRow<PackSignedWords>, Mnemonic.Packsswb, Mnemonic.Vpacksswb);
        Set(rows, &Packed.BindRow<PackSignedDoublewords>, Mnemonic.Packssdw, Mnemonic.Vpackssdw);
        Set(rows, &Packed.BindRow<PackUnsignedWords>, Mnemonic.Packuswb, Mnemonic.Vpackuswb);
        Set(rows, &Packed.BindRow<PackUnsignedDoublewords>, Mnemonic.Packusdw, Mnemonic.Vpackusdw);
        Set(rows, &PackedShuffle.AlignRight, Mnemonic.Palignr, Mnemonic.Vpalignr);
        Set(rows, &PackedShuffle.Blend, Mnemonic.Pblendw, Mnemonic.Blendps, Mnemonic.Blendpd, Mnemonic.Vpblendd, Mnemonic.Vpblendw, Mnemonic.Vblendps,
            Mnemonic.Vblendpd);
        Set(rows, &PackedSpecial.BlendVariable<sbyte>, Mnemonic.Pblendvb, Mnemonic.Vpblendvb);
        Set(rows, &PackedSpecial.BlendVariable<int>, Mnemonic.Blendvps, Mnemonic.Vblendvps);
        Set(rows, &PackedSpecial.BlendVariable<long>, Mnemonic.Blendvpd, Mnemonic.Vblendvpd);
        Set(rows, &PackedShuffle.InsertFloat, Mnemonic.Insertps, Mnemonic.Vinsertps);
        Set(rows, &PackedShuffle.Duplicate, Mnemonic.Movddup, Mnemonic.Movsldup, Mnemonic.Movshdup, Mnemonic.Vmovddup, Mnemonic.Vmovsldup,
            Mnemonic.Vmovshdup);
    }

    private static void AddPackedExtensions(nint[] rows)
    {
        Set(rows, &PackedExtend.Zero<byte, short>, Mnemonic.Pmovzxbw, Mnemonic.Vpmovzxbw);
        Set(rows, &PackedExtend.Zero<byte, int>, Mnemonic.Pmovzxbd, Mnemonic.Vpmovzxbd);
        Set(rows, &PackedExtend.Zero<byte, long>, Mnemonic.Pmovzxbq, Mnemonic.Vpmovzxbq);
        Set(rows, &PackedExtend.Zero<short, int>, Mnemonic.Pmovzxwd, Mnemonic.Vpmovzxwd);
        Set(rows, &PackedExtend.Zero<short, long>, Mnemonic.Pmovzxwq, Mnemonic.Vpmovzxwq);
        Set(rows, &PackedExtend.Zero<int, long>, Mnemonic.Pmovzxdq, Mnemonic.Vpmovzxdq);
        Set(rows, &PackedExtend.Sign<byte, short>, Mnemonic.Pmovsxbw, Mnemonic.Vpmovsxbw);
        Set(rows, &PackedExtend.Sign<byte, int>, Mnemonic.Pmovsxbd, Mnemonic.Vpmovsxbd);
        Set(rows, &PackedExtend.Sign<byte, long>, Mnemonic.Pmovsxbq, Mnemonic.Vpmovsxbq);
        Set(rows, &PackedExtend.Sign<short, int>, Mnemonic.Pmovsxwd, Mnemonic.Vpmovsxwd);
        Set(rows, &PackedExtend.Sign<short, long>, Mnemonic.Pmovsxwq, Mnemonic.Vpmovsxwq);
        Set(rows, &PackedExtend.Sign<int, long>, Mnemonic.Pmovsxdq, Mnemonic.Vpmovsxdq);
    }

    // Two mnemonics stand for a string instruction and one of SSE2.
    private static void MovsdOrString(BlockBuilder b, in Instruction i)
    {
        if (i.Code == Code.Movsd_m32_m32)
            StringInstructions.Bind<MoveString>(b, i);
        else
            VectorMove.Scalar(b, i);
    }

    private static void CmpsdOrString(BlockBuilder b, in Instruction i)
    {
        if (i.Code == Code.Cmpsd_m32_m32)
            StringInstructions.Bind<CompareString>(b, i);
        else
            FloatCompare.BindScalar<double>(b, i);
    }
}
