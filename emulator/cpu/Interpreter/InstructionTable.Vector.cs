using Iced.Intel;

namespace Emu.Cpu;

/// <content>The integer side of MMX and SSE.</content>
internal static unsafe partial class InstructionTable
{
    private static void AddVectorMoves(nint[] rows)
    {
        Set(rows, &VectorMove.Unaligned, Mnemonic.Movups, Mnemonic.Movupd, Mnemonic.Movdqu, Mnemonic.Lddqu);
        Set(rows, &VectorMove.Aligned, Mnemonic.Movaps, Mnemonic.Movapd, Mnemonic.Movdqa, Mnemonic.Movntps, Mnemonic.Movntpd,
            Mnemonic.Movntdq, Mnemonic.Movntdqa);
        Set(rows, &VectorMove.Scalar, Mnemonic.Movss);
        Set(rows, &MovsdOrString, Mnemonic.Movsd);
        Set(rows, &CmpsdOrString, Mnemonic.Cmpsd);
        Set(rows, &VectorMove.Quadword, Mnemonic.Movd, Mnemonic.Movq);
        Set(rows, &VectorMove.Low, Mnemonic.Movlps, Mnemonic.Movlpd);
        Set(rows, &VectorMove.High, Mnemonic.Movhps, Mnemonic.Movhpd);
        Set(rows, &VectorMove.HighToLow, Mnemonic.Movhlps);
        Set(rows, &VectorMove.LowToHigh, Mnemonic.Movlhps);
        Set(rows, &VectorMove.NonTemporalInteger, Mnemonic.Movnti);
        Set(rows, &VectorMove.NonTemporalMmx, Mnemonic.Movntq);
        Set(rows, &VectorMove.FromMmx, Mnemonic.Movq2dq);
        Set(rows, &VectorMove.ToMmx, Mnemonic.Movdq2q);
        Set(rows, &MmxState.Emms, Mnemonic.Emms);
        Set(rows, &VectorElement.Insert, Mnemonic.Pinsrb, Mnemonic.Pinsrw, Mnemonic.Pinsrd, Mnemonic.Pinsrq);
        Set(rows, &VectorElement.Extract, Mnemonic.Pextrb, Mnemonic.Pextrw, Mnemonic.Pextrd, Mnemonic.Pextrq, Mnemonic.Extractps);
        Set(rows, &VectorElement.ByteMask, Mnemonic.Pmovmskb);
        Set(rows, &VectorElement.FloatMask, Mnemonic.Movmskps, Mnemonic.Movmskpd);
        Set(rows, &VectorElement.MaskedStore, Mnemonic.Maskmovdqu, Mnemonic.Maskmovq);
    }

    private static void AddPackedArithmetic(nint[] rows)
    {
        Set(rows, &Packed.Bind<PackedAdd<byte>>, Mnemonic.Paddb);
        Set(rows, &Packed.Bind<PackedAdd<ushort>>, Mnemonic.Paddw);
        Set(rows, &Packed.Bind<PackedAdd<uint>>, Mnemonic.Paddd);
        Set(rows, &Packed.Bind<PackedAdd<ulong>>, Mnemonic.Paddq);
        Set(rows, &Packed.Bind<PackedAddSaturate<sbyte>>, Mnemonic.Paddsb);
        Set(rows, &Packed.Bind<PackedAddSaturate<short>>, Mnemonic.Paddsw);
        Set(rows, &Packed.Bind<PackedAddSaturate<byte>>, Mnemonic.Paddusb);
        Set(rows, &Packed.Bind<PackedAddSaturate<ushort>>, Mnemonic.Paddusw);
        Set(rows, &Packed.Bind<PackedSubtract<byte>>, Mnemonic.Psubb);
        Set(rows, &Packed.Bind<PackedSubtract<ushort>>, Mnemonic.Psubw);
        Set(rows, &Packed.Bind<PackedSubtract<uint>>, Mnemonic.Psubd);
        Set(rows, &Packed.Bind<PackedSubtract<ulong>>, Mnemonic.Psubq);
        Set(rows, &Packed.Bind<PackedSubtractSaturate<sbyte>>, Mnemonic.Psubsb);
        Set(rows, &Packed.Bind<PackedSubtractSaturate<short>>, Mnemonic.Psubsw);
        Set(rows, &Packed.Bind<PackedSubtractSaturate<byte>>, Mnemonic.Psubusb);
        Set(rows, &Packed.Bind<PackedSubtractSaturate<ushort>>, Mnemonic.Psubusw);
        Set(rows, &Packed.Bind<PackedAverageByte>, Mnemonic.Pavgb);
        Set(rows, &Packed.Bind<PackedAverageWord>, Mnemonic.Pavgw);
        Set(rows, &Packed.Bind<PackedAbsolute<sbyte>>, Mnemonic.Pabsb);
        Set(rows, &Packed.Bind<PackedAbsolute<short>>, Mnemonic.Pabsw);
        Set(rows, &Packed.Bind<PackedAbsolute<int>>, Mnemonic.Pabsd);
        Set(rows, &Packed.Bind<PackedSign<sbyte>>, Mnemonic.Psignb);
        Set(rows, &Packed.Bind<PackedSign<short>>, Mnemonic.Psignw);
        Set(rows, &Packed.Bind<PackedSign<int>>, Mnemonic.Psignd);
        Set(rows, &Packed.Bind<PackedSumOfDifferences>, Mnemonic.Psadbw);
        Set(rows, &PackedSpecial.SumsOfDifferences, Mnemonic.Mpsadbw);
        Set(rows, &Packed.Bind<HorizontalMinimum>, Mnemonic.Phminposuw);
        Set(rows, &Packed.Bind<HorizontalAddWords>, Mnemonic.Phaddw);
        Set(rows, &Packed.Bind<HorizontalAddDoublewords>, Mnemonic.Phaddd);
        Set(rows, &Packed.Bind<HorizontalAddSaturate>, Mnemonic.Phaddsw);
        Set(rows, &Packed.Bind<HorizontalSubtractWords>, Mnemonic.Phsubw);
        Set(rows, &Packed.Bind<HorizontalSubtractDoublewords>, Mnemonic.Phsubd);
        Set(rows, &Packed.Bind<HorizontalSubtractSaturate>, Mnemonic.Phsubsw);
    }

    private static void AddPackedMultiplies(nint[] rows)
    {
        Set(rows, &Packed.Bind<PackedMultiplyLow<short>>, Mnemonic.Pmullw);
        Set(rows, &Packed.Bind<PackedMultiplyLow<int>>, Mnemonic.Pmulld);
        Set(rows, &Packed.Bind<PackedMultiplyHigh>, Mnemonic.Pmulhw);
        Set(rows, &Packed.Bind<PackedMultiplyHighUnsigned>, Mnemonic.Pmulhuw);
        Set(rows, &Packed.Bind<PackedMultiplyRound>, Mnemonic.Pmulhrsw);
        Set(rows, &Packed.Bind<PackedMultiplyAdd>, Mnemonic.Pmaddwd);
        Set(rows, &Packed.Bind<PackedMultiplyAddBytes>, Mnemonic.Pmaddubsw);
        Set(rows, &Packed.Bind<PackedMultiplyWide>, Mnemonic.Pmuludq);
        Set(rows, &Packed.Bind<PackedMultiplyWideSigned>, Mnemonic.Pmuldq);
    }

    private static void AddPackedComparisons(nint[] rows)
    {
        Set(rows, &Packed.Bind<PackedEqual<byte>>, Mnemonic.Pcmpeqb);
        Set(rows, &Packed.Bind<PackedEqual<short>>, Mnemonic.Pcmpeqw);
        Set(rows, &Packed.Bind<PackedEqual<int>>, Mnemonic.Pcmpeqd);
        Set(rows, &Packed.Bind<PackedEqual<long>>, Mnemonic.Pcmpeqq);
        Set(rows, &Packed.Bind<PackedGreater<sbyte>>, Mnemonic.Pcmpgtb);
        Set(rows, &Packed.Bind<PackedGreater<short>>, Mnemonic.Pcmpgtw);
        Set(rows, &Packed.Bind<PackedGreater<int>>, Mnemonic.Pcmpgtd);
        Set(rows, &Packed.Bind<PackedGreater<long>>, Mnemonic.Pcmpgtq);
        Set(rows, &Packed.Bind<PackedMinimum<sbyte>>, Mnemonic.Pminsb);
        Set(rows, &Packed.Bind<PackedMinimum<byte>>, Mnemonic.Pminub);
        Set(rows, &Packed.Bind<PackedMinimum<short>>, Mnemonic.Pminsw);
        Set(rows, &Packed.Bind<PackedMinimum<ushort>>, Mnemonic.Pminuw);
        Set(rows, &Packed.Bind<PackedMinimum<int>>, Mnemonic.Pminsd);
        Set(rows, &Packed.Bind<PackedMinimum<uint>>, Mnemonic.Pminud);
        Set(rows, &Packed.Bind<PackedMaximum<sbyte>>, Mnemonic.Pmaxsb);
        Set(rows, &Packed.Bind<PackedMaximum<byte>>, Mnemonic.Pmaxub);
        Set(rows, &Packed.Bind<PackedMaximum<short>>, Mnemonic.Pmaxsw);
        Set(rows, &Packed.Bind<PackedMaximum<ushort>>, Mnemonic.Pmaxuw);
        Set(rows, &Packed.Bind<PackedMaximum<int>>, Mnemonic.Pmaxsd);
        Set(rows, &Packed.Bind<PackedMaximum<uint>>, Mnemonic.Pmaxud);
        Set(rows, &Packed.Bind<PackedAnd>, Mnemonic.Pand, Mnemonic.Andps, Mnemonic.Andpd);
        Set(rows, &Packed.Bind<PackedAndNot>, Mnemonic.Pandn, Mnemonic.Andnps, Mnemonic.Andnpd);
        Set(rows, &Packed.Bind<PackedOr>, Mnemonic.Por, Mnemonic.Orps, Mnemonic.Orpd);
        Set(rows, &Packed.Bind<PackedExclusiveOr>, Mnemonic.Pxor, Mnemonic.Xorps, Mnemonic.Xorpd);
        Set(rows, &PackedSpecial.Test, Mnemonic.Ptest);
        Set(rows, &StringCompare.Bind, Mnemonic.Pcmpestri, Mnemonic.Pcmpestri64, Mnemonic.Pcmpestrm, Mnemonic.Pcmpestrm64, Mnemonic.Pcmpistri,
            Mnemonic.Pcmpistrm);
    }

    private static void AddPackedShifts(nint[] rows)
    {
        Set(rows, &Packed.BindShift<PackedShiftLeft<ushort>>, Mnemonic.Psllw);
        Set(rows, &Packed.BindShift<PackedShiftLeft<uint>>, Mnemonic.Pslld);
        Set(rows, &Packed.BindShift<PackedShiftLeft<ulong>>, Mnemonic.Psllq);
        Set(rows, &Packed.BindShift<PackedShiftRight<ushort>>, Mnemonic.Psrlw);
        Set(rows, &Packed.BindShift<PackedShiftRight<uint>>, Mnemonic.Psrld);
        Set(rows, &Packed.BindShift<PackedShiftRight<ulong>>, Mnemonic.Psrlq);
        Set(rows, &Packed.BindShift<PackedShiftArithmetic<short>>, Mnemonic.Psraw);
        Set(rows, &Packed.BindShift<PackedShiftArithmetic<int>>, Mnemonic.Psrad);
        Set(rows, &PackedShuffle.ShiftBytesLeft, Mnemonic.Pslldq);
        Set(rows, &PackedShuffle.ShiftBytesRight, Mnemonic.Psrldq);
    }

    private static void AddPackedRearrangements(nint[] rows)
    {
        Set(rows, &PackedShuffle.Shuffle, Mnemonic.Pshufd, Mnemonic.Pshuflw, Mnemonic.Pshufhw, Mnemonic.Pshufw);
        Set(rows, &PackedShuffle.ShuffleFloat, Mnemonic.Shufps, Mnemonic.Shufpd);
        Set(rows, &Packed.Bind<PackedShuffleBytes>, Mnemonic.Pshufb);
        Set(rows, &PackedShuffle.UnpackLow, Mnemonic.Punpcklbw, Mnemonic.Punpcklwd, Mnemonic.Punpckldq, Mnemonic.Punpcklqdq,
            Mnemonic.Unpcklps, Mnemonic.Unpcklpd);
        Set(rows, &PackedShuffle.UnpackHigh, Mnemonic.Punpckhbw, Mnemonic.Punpckhwd, Mnemonic.Punpckhdq, Mnemonic.Punpckhqdq,
            Mnemonic.Unpckhps, Mnemonic.Unpckhpd);
        Set(rows, &Packed.Bind<PackSignedWords>, Mnemonic.Packsswb);
        Set(rows, &Packed.Bind<PackSignedDoublewords>, Mnemonic.Packssdw);
        Set(rows, &Packed.Bind<PackUnsignedWords>, Mnemonic.Packuswb);
        Set(rows, &Packed.Bind<PackUnsignedDoublewords>, Mnemonic.Packusdw);
        Set(rows, &PackedShuffle.AlignRight, Mnemonic.Palignr);
        Set(rows, &PackedShuffle.Blend, Mnemonic.Pblendw, Mnemonic.Blendps, Mnemonic.Blendpd);
        Set(rows, &PackedSpecial.BlendVariable, Mnemonic.Pblendvb, Mnemonic.Blendvps, Mnemonic.Blendvpd);
        Set(rows, &PackedShuffle.InsertFloat, Mnemonic.Insertps);
        Set(rows, &PackedShuffle.Duplicate, Mnemonic.Movddup, Mnemonic.Movsldup, Mnemonic.Movshdup);
        Set(rows, &PackedShuffle.ZeroExtend, Mnemonic.Pmovzxbw, Mnemonic.Pmovzxbd, Mnemonic.Pmovzxbq, Mnemonic.Pmovzxwd,
            Mnemonic.Pmovzxwq, Mnemonic.Pmovzxdq);
        Set(rows, &Packed.Bind<ExtendByteToWord>, Mnemonic.Pmovsxbw);
        Set(rows, &Packed.Bind<ExtendByteToDoubleword>, Mnemonic.Pmovsxbd);
        Set(rows, &Packed.Bind<ExtendByteToQuadword>, Mnemonic.Pmovsxbq);
        Set(rows, &Packed.Bind<ExtendWordToDoubleword>, Mnemonic.Pmovsxwd);
        Set(rows, &Packed.Bind<ExtendWordToQuadword>, Mnemonic.Pmovsxwq);
        Set(rows, &Packed.Bind<ExtendDoublewordToQuadword>, Mnemonic.Pmovsxdq);
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
