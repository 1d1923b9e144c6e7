using Iced.Intel;

namespace Emu.Cpu;

/// <content>What x86-64-v3 adds: AVX's and AVX2's own instructions, FMA, F16C, BMI1 and BMI2, XSAVE.</content>
internal static unsafe partial class InstructionTable
{
    private static void AddBitManipulation(nint[] rows)
    {
        Set(rows, &BitManipulation.Bind<AndNot>, Mnemonic.Andn);
        Set(rows, &BitManipulation.Bind<ExtractBits>, Mnemonic.Bextr);
        Set(rows, &BitManipulation.Bind<IsolateLowest>, Mnemonic.Blsi);
        Set(rows, &BitManipulation.Bind<MaskUpToLowest>, Mnemonic.Blsmsk);
        Set(rows, &BitManipulation.Bind<ResetLowest>, Mnemonic.Blsr);
        Set(rows, &BitManipulation.Bind<ZeroHighBits>, Mnemonic.Bzhi);
        Set(rows, &BitManipulation.Bind<DepositBits>, Mnemonic.Pdep);
        Set(rows, &BitManipulation.Bind<CollectBits>, Mnemonic.Pext);
        Set(rows, &BitManipulation.Bind<RotateRightQuietly>, Mnemonic.Rorx);
        Set(rows, &BitManipulation.Bind<ShiftLeftQuietly>, Mnemonic.Shlx);
        Set(rows, &BitManipulation.Bind<ShiftRightQuietly>, Mnemonic.Shrx);
        Set(rows, &BitManipulation.Bind<ShiftArithmeticQuietly>, Mnemonic.Sarx);
        Set(rows, &BitManipulation.Multiply, Mnemonic.Mulx);
        Set(rows, &XSave.Save, Mnemonic.Xsave, Mnemonic.Xsave64, Mnemonic.Xsaveopt, Mnemonic.Xsaveopt64, Mnemonic.Xsavec, Mnemonic.Xsavec64);
        Set(rows, &XSave.Restore, Mnemonic.Xrstor, Mnemonic.Xrstor64);
        Set(rows, &XSave.GetControl, Mnemonic.Xgetbv);
    }

    private static void AddVectorPermutes(nint[] rows)
    {
        Set(rows, &VectorPermute.Broadcast<uint>, Mnemonic.Vbroadcastss, Mnemonic.Vpbroadcastd);
        Set(rows, &VectorPermute.Broadcast<ulong>, Mnemonic.Vbroadcastsd, Mnemonic.Vpbroadcastq);
        Set(rows, &VectorPermute.Broadcast<byte>, Mnemonic.Vpbroadcastb);
        Set(rows, &VectorPermute.Broadcast<ushort>, Mnemonic.Vpbroadcastw);
        Set(rows, &VectorPermute.BroadcastLane, Mnemonic.Vbroadcastf128, Mnemonic.Vbroadcasti128);
        Set(rows, &VectorPermute.InLane, Mnemonic.Vpermilps, Mnemonic.Vpermilpd);
        Set(rows, &VectorPermute.Lanes, Mnemonic.Vperm2f128, Mnemonic.Vperm2i128);
        Set(rows, &VectorPermute.Quadwords, Mnemonic.Vpermq, Mnemonic.Vpermpd);
        Set(rows, &VectorPermute.Doublewords, Mnemonic.Vpermd, Mnemonic.Vpermps);
        Set(rows, &VectorPermute.InsertLane, Mnemonic.Vinsertf128, Mnemonic.Vinserti128);
        Set(rows, &VectorPermute.ExtractLane, Mnemonic.Vextractf128, Mnemonic.Vextracti128);
        Set(rows, &VectorPermute.ZeroUpper, Mnemonic.Vzeroupper);
        Set(rows, &VectorPermute.ZeroAll, Mnemonic.Vzeroall);
        Set(rows, &Packed.Bind<PackedShiftLeftVariable<uint>>, Mnemonic.Vpsllvd);
        Set(rows, &Packed.Bind<PackedShiftLeftVariable<ulong>>, Mnemonic.Vpsllvq);
        Set(rows, &Packed.Bind<PackedShiftRightVariable<uint>>, Mnemonic.Vpsrlvd);
        Set(rows, &Packed.Bind<PackedShiftRightVariable<ulong>>, Mnemonic.Vpsrlvq);
        Set(rows, &Packed.Bind<PackedShiftArithmeticVariable>, Mnemonic.Vpsravd);
        Set(rows, &VectorMasked.Bind<uint>, Mnemonic.Vmaskmovps, Mnemonic.Vpmaskmovd);
        Set(rows, &VectorMasked.Bind<ulong>, Mnemonic.Vmaskmovpd, Mnemonic.Vpmaskmovq);
        Set(rows, &VectorGather.Bind<uint, int>, Mnemonic.Vgatherdps, Mnemonic.Vpgatherdd);
        Set(rows, &VectorGather.Bind<uint, long>, Mnemonic.Vgatherqps, Mnemonic.Vpgatherqd);
        Set(rows, &VectorGather.Bind<ulong, int>, Mnemonic.Vgatherdpd, Mnemonic.Vpgatherdq);
        Set(rows, &VectorGather.Bind<ulong, long>, Mnemonic.Vgatherqpd, Mnemonic.Vpgatherqq);
        Set(rows, &FloatElements.Bind<WidenHalf>, Mnemonic.Vcvtph2ps);
        Set(rows, &FloatHalf.Bind, Mnemonic.Vcvtps2ph);
    }

    private static void AddFused(nint[] rows)
    {
        Set(rows, &FloatFused.Bind132<FusedAdd, float>, Mnemonic.Vfmadd132ps, Mnemonic.Vfmadd132ss);
        Set(rows, &FloatFused.Bind132<FusedAdd, double>, Mnemonic.Vfmadd132pd, Mnemonic.Vfmadd132sd);
        Set(rows, &FloatFused.Bind213<FusedAdd, float>, Mnemonic.Vfmadd213ps, Mnemonic.Vfmadd213ss);
        Set(rows, &FloatFused.Bind213<FusedAdd, double>, Mnemonic.Vfmadd213pd, Mnemonic.Vfmadd213sd);
        Set(rows, &FloatFused.Bind231<FusedAdd, float>, Mnemonic.Vfmadd231ps, Mnemonic.Vfmadd231ss);
        Set(rows, &FloatFused.Bind231<FusedAdd, double>, Mnemonic.Vfmadd231pd, Mnemonic.Vfmadd231sd);
        Set(rows, &FloatFused.Bind132<FusedSubtract, float>, Mnemonic.Vfmsub132ps, Mnemonic.Vfmsub132ss);
        Set(rows, &FloatFused.Bind132<FusedSubtract, double>, Mnemonic.Vfmsub132pd, Mnemonic.Vfmsub132sd);
        Set(rows, &FloatFused.Bind213<FusedSubtract, float>, Mnemonic.Vfmsub213ps, Mnemonic.Vfmsub213ss);
        Set(rows, &FloatFused.Bind213<FusedSubtract, double>, Mnemonic.Vfmsub213pd, Mnemonic.Vfmsub213sd);
        Set(rows, &FloatFused.Bind231<FusedSubtract, float>, Mnemonic.Vfmsub231ps, Mnemonic.Vfmsub231ss);
        Set(rows, &FloatFused.Bind231<FusedSubtract, double>, Mnemonic.Vfmsub231pd, Mnemonic.Vfmsub231sd);
        Set(rows, &FloatFused.Bind132<FusedNegateAdd, float>, Mnemonic.Vfnmadd132ps, Mnemonic.Vfnmadd132ss);
        Set(rows, &FloatFused.Bind132<FusedNegateAdd, double>, Mnemonic.Vfnmadd132pd, Mnemonic.Vfnmadd132sd);
        Set(rows, &FloatFused.Bind213<FusedNegateAdd, float>, Mnemonic.Vfnmadd213ps, Mnemonic.Vfnmadd213ss);
        Set(rows, &FloatFused.Bind213<FusedNegateAdd, double>, Mnemonic.Vfnmadd213pd, Mnemonic.Vfnmadd213sd);
        Set(rows, &FloatFused.Bind231<FusedNegateAdd, float>, Mnemonic.Vfnmadd231ps, Mnemonic.Vfnmadd231ss);
        Set(rows, &FloatFused.Bind231<FusedNegateAdd, double>, Mnemonic.Vfnmadd231pd, Mnemonic.Vfnmadd231sd);
        Set(rows, &FloatFused.Bind132<FusedNegateSubtract, float>, Mnemonic.Vfnmsub132ps, Mnemonic.Vfnmsub132ss);
        Set(rows, &FloatFused.Bind132<FusedNegateSubtract, double>, Mnemonic.Vfnmsub132pd, Mnemonic.Vfnmsub132sd);
        Set(rows, &FloatFused.Bind213<FusedNegateSubtract, float>, Mnemonic.Vfnmsub213ps, Mnemonic.Vfnmsub213ss);
        Set(rows, &FloatFused.Bind213<FusedNegateSubtract, double>, Mnemonic.Vfnmsub213pd, Mnemonic.Vfnmsub213sd);
        Set(rows, &FloatFused.Bind231<FusedNegateSubtract, float>, Mnemonic.Vfnmsub231ps, Mnemonic.Vfnmsub231ss);
        Set(rows, &FloatFused.Bind231<FusedNegateSubtract, double>, Mnemonic.Vfnmsub231pd, Mnemonic.Vfnmsub231sd);
        Set(rows, &FloatFused.Bind132<FusedAlternating, float>, Mnemonic.Vfmaddsub132ps);
        Set(rows, &FloatFused.Bind132<FusedAlternating, double>, Mnemonic.Vfmaddsub132pd);
        Set(rows, &FloatFused.Bind213<FusedAlternating, float>, Mnemonic.Vfmaddsub213ps);
        Set(rows, &FloatFused.Bind213<FusedAlternating, double>, Mnemonic.Vfmaddsub213pd);
        Set(rows, &FloatFused.Bind231<FusedAlternating, float>, Mnemonic.Vfmaddsub231ps);
        Set(rows, &FloatFused.Bind231<FusedAlternating, double>, Mnemonic.Vfmaddsub231pd);
        Set(rows, &FloatFused.Bind132<FusedAlternatingReverse, float>, Mnemonic.Vfmsubadd132ps);
        Set(rows, &FloatFused.Bind132<FusedAlternatingReverse, double>, Mnemonic.Vfmsubadd132pd);
        Set(rows, &FloatFused.Bind213<FusedAlternatingReverse, float>, Mnemonic.Vfmsubadd213ps);
        Set(rows, &FloatFused.Bind213<FusedAlternatingReverse, double>, Mnemonic.Vfmsubadd213pd);
        Set(rows, &FloatFused.Bind231<FusedAlternatingReverse, float>, Mnemonic.Vfmsubadd231ps);
        Set(rows, &FloatFused.Bind231<FusedAlternatingReverse, double>, Mnemonic.Vfmsubadd231pd);
    }
}
