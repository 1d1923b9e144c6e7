using Iced.Intel;

namespace Emu.Cpu;

/// <content>The floating-point side of SSE, and the x87 FPU.</content>
internal static unsafe partial class InstructionTable
{
    private static void AddFloatArithmetic(nint[] rows)
    {
        Set(rows, &FloatArithmetic.BindScalar<FloatAdd, float>, Mnemonic.Addss);
        Set(rows, &FloatArithmetic.BindScalar<FloatAdd, double>, Mnemonic.Addsd);
        Set(rows, &FloatArithmetic.BindPacked<FloatAdd, float>, Mnemonic.Addps);
        Set(rows, &FloatArithmetic.BindPacked<FloatAdd, double>, Mnemonic.Addpd);
        Set(rows, &FloatArithmetic.BindScalar<FloatSubtract, float>, Mnemonic.Subss);
        Set(rows, &FloatArithmetic.BindScalar<FloatSubtract, double>, Mnemonic.Subsd);
        Set(rows, &FloatArithmetic.BindPacked<FloatSubtract, float>, Mnemonic.Subps);
        Set(rows, &FloatArithmetic.BindPacked<FloatSubtract, double>, Mnemonic.Subpd);
        Set(rows, &FloatArithmetic.BindScalar<FloatMultiply, float>, Mnemonic.Mulss);
        Set(rows, &FloatArithmetic.BindScalar<FloatMultiply, double>, Mnemonic.Mulsd);
        Set(rows, &FloatArithmetic.BindPacked<FloatMultiply, float>, Mnemonic.Mulps);
        Set(rows, &FloatArithmetic.BindPacked<FloatMultiply, double>, Mnemonic.Mulpd);
        Set(rows, &FloatArithmetic.BindScalar<FloatDivide, float>, Mnemonic.Divss);
        Set(rows, &FloatArithmetic.BindScalar<FloatDivide, double>, Mnemonic.Divsd);
        Set(rows, &FloatArithmetic.BindPacked<FloatDivide, float>, Mnemonic.Divps);
        Set(rows, &FloatArithmetic.BindPacked<FloatDivide, double>, Mnemonic.Divpd);
        Set(rows, &FloatArithmetic.BindScalar<FloatMinimum, float>, Mnemonic.Minss);
        Set(rows, &FloatArithmetic.BindScalar<FloatMinimum, double>, Mnemonic.Minsd);
        Set(rows, &FloatArithmetic.BindPacked<FloatMinimum, float>, Mnemonic.Minps);
        Set(rows, &FloatArithmetic.BindPacked<FloatMinimum, double>, Mnemonic.Minpd);
        Set(rows, &FloatArithmetic.BindScalar<FloatMaximum, float>, Mnemonic.Maxss);
        Set(rows, &FloatArithmetic.BindScalar<FloatMaximum, double>, Mnemonic.Maxsd);
        Set(rows, &FloatArithmetic.BindPacked<FloatMaximum, float>, Mnemonic.Maxps);
        Set(rows, &FloatArithmetic.BindPacked<FloatMaximum, double>, Mnemonic.Maxpd);
        Set(rows, &FloatArithmetic.BindScalarUnary<FloatSquareRoot, float>, Mnemonic.Sqrtss);
        Set(rows, &FloatArithmetic.BindScalarUnary<FloatSquareRoot, double>, Mnemonic.Sqrtsd);
        Set(rows, &FloatArithmetic.BindPackedUnary<FloatSquareRoot, float>, Mnemonic.Sqrtps);
        Set(rows, &FloatArithmetic.BindPackedUnary<FloatSquareRoot, double>, Mnemonic.Sqrtpd);
    }

    private static void AddFloatOthers(nint[] rows)
    {
        Set(rows, &FloatHorizontal.BindNeighbours<FloatAdd, float>, Mnemonic.Haddps);
        Set(rows, &FloatHorizontal.BindNeighbours<FloatAdd, double>, Mnemonic.Haddpd);
        Set(rows, &FloatHorizontal.BindNeighbours<FloatSubtract, float>, Mnemonic.Hsubps);
        Set(rows, &FloatHorizontal.BindNeighbours<FloatSubtract, double>, Mnemonic.Hsubpd);
        Set(rows, &FloatHorizontal.BindAlternating<float>, Mnemonic.Addsubps);
        Set(rows, &FloatHorizontal.BindAlternating<double>, Mnemonic.Addsubpd);
        Set(rows, &FloatHorizontal.BindDotProduct<float>, Mnemonic.Dpps);
        Set(rows, &FloatHorizontal.BindDotProduct<double>, Mnemonic.Dppd);
        Set(rows, &FloatRound.BindScalar<float>, Mnemonic.Roundss);
        Set(rows, &FloatRound.BindScalar<double>, Mnemonic.Roundsd);
        Set(rows, &FloatRound.BindPacked<float>, Mnemonic.Roundps);
        Set(rows, &FloatRound.BindPacked<double>, Mnemonic.Roundpd);
        Set(rows, &FloatEstimate.BindScalar<EstimateReciprocal>, Mnemonic.Rcpss);
        Set(rows, &FloatEstimate.BindPacked<EstimateReciprocal>, Mnemonic.Rcpps);
        Set(rows, &FloatEstimate.BindScalar<EstimateReciprocalRoot>, Mnemonic.Rsqrtss);
        Set(rows, &FloatEstimate.BindPacked<EstimateReciprocalRoot>, Mnemonic.Rsqrtps);
    }

    private static void AddFloatConversions(nint[] rows)
    {
        Set(rows, &FloatToInteger.BindScalar<float, ByControl>, Mnemonic.Cvtss2si);
        Set(rows, &FloatToInteger.BindScalar<double, ByControl>, Mnemonic.Cvtsd2si);
        Set(rows, &FloatToInteger.BindScalar<float, ByTruncation>, Mnemonic.Cvttss2si);
        Set(rows, &FloatToInteger.BindScalar<double, ByTruncation>, Mnemonic.Cvttsd2si);
        Set(rows, &FloatToInteger.BindPacked<float, ByControl>, Mnemonic.Cvtps2dq, Mnemonic.Cvtps2pi);
        Set(rows, &FloatToInteger.BindPacked<double, ByControl>, Mnemonic.Cvtpd2dq, Mnemonic.Cvtpd2pi);
        Set(rows, &FloatToInteger.BindPacked<float, ByTruncation>, Mnemonic.Cvttps2dq, Mnemonic.Cvttps2pi);
        Set(rows, &FloatToInteger.BindPacked<double, ByTruncation>, Mnemonic.Cvttpd2dq, Mnemonic.Cvttpd2pi);
        Set(rows, &FloatFromInteger.BindScalar<float>, Mnemonic.Cvtsi2ss);
        Set(rows, &FloatFromInteger.BindScalar<double>, Mnemonic.Cvtsi2sd);
        Set(rows, &FloatFromInteger.BindPacked<float>, Mnemonic.Cvtdq2ps);
        Set(rows, &FloatFromInteger.BindPacked<double>, Mnemonic.Cvtdq2pd);
        Set(rows, &FloatFromInteger.BindMmx<float>, Mnemonic.Cvtpi2ps);
        Set(rows, &FloatFromInteger.BindMmx<double>, Mnemonic.Cvtpi2pd);
        Set(rows, &FloatConvert.SingleToDouble, Mnemonic.Cvtss2sd);
        Set(rows, &FloatConvert.DoubleToSingle, Mnemonic.Cvtsd2ss);
        Set(rows, &FloatConvert.PackedSingleToDouble, Mnemonic.Cvtps2pd);
        Set(rows, &FloatConvert.PackedDoubleToSingle, Mnemonic.Cvtpd2ps);
    }

    private static void AddFloatComparisons(nint[] rows)
    {
        Set(rows, &FloatCompare.BindOrdered<float>, Mnemonic.Comiss);
        Set(rows, &FloatCompare.BindOrdered<double>, Mnemonic.Comisd);
        Set(rows, &FloatCompare.BindUnordered<float>, Mnemonic.Ucomiss);
        Set(rows, &FloatCompare.BindUnordered<double>, Mnemonic.Ucomisd);
        Set(rows, &FloatCompare.BindScalar<float>, Mnemonic.Cmpss);
        Set(rows, &FloatCompare.BindPacked<float>, Mnemonic.Cmpps);
        Set(rows, &FloatCompare.BindPacked<double>, Mnemonic.Cmppd);
        Set(rows, &FloatControl.Load, Mnemonic.Ldmxcsr);
        Set(rows, &FloatControl.Store, Mnemonic.Stmxcsr);
        Set(rows, &FxSave.Save, Mnemonic.Fxsave, Mnemonic.Fxsave64);
        Set(rows, &FxSave.Restore, Mnemonic.Fxrstor, Mnemonic.Fxrstor64);
    }

    private static void AddFpuArithmetic(nint[] rows)
    {
        Set(rows, &FpuArithmetic.Bind<FpuAdd>, Mnemonic.Fadd, Mnemonic.Fiadd);
        Set(rows, &FpuArithmetic.Bind<FpuMultiply>, Mnemonic.Fmul, Mnemonic.Fimul);
        Set(rows, &FpuArithmetic.Bind<FpuSubtract>, Mnemonic.Fsub, Mnemonic.Fisub);
        Set(rows, &FpuArithmetic.Bind<FpuSubtractReverse>, Mnemonic.Fsubr, Mnemonic.Fisubr);
        Set(rows, &FpuArithmetic.Bind<FpuDivide>, Mnemonic.Fdiv, Mnemonic.Fidiv);
        Set(rows, &FpuArithmetic.Bind<FpuDivideReverse>, Mnemonic.Fdivr, Mnemonic.Fidivr);
        Set(rows, &FpuArithmetic.BindPop<FpuAdd>, Mnemonic.Faddp);
        Set(rows, &FpuArithmetic.BindPop<FpuMultiply>, Mnemonic.Fmulp);
        Set(rows, &FpuArithmetic.BindPop<FpuSubtract>, Mnemonic.Fsubp);
        Set(rows, &FpuArithmetic.BindPop<FpuSubtractReverse>, Mnemonic.Fsubrp);
        Set(rows, &FpuArithmetic.BindPop<FpuDivide>, Mnemonic.Fdivp);
        Set(rows, &FpuArithmetic.BindPop<FpuDivideReverse>, Mnemonic.Fdivrp);
        Set(rows, &FpuArithmetic.BindTop<FpuScale>, Mnemonic.Fscale);
        Set(rows, &FpuArithmetic.BindTop<FpuRemainder>, Mnemonic.Fprem);
        Set(rows, &FpuArithmetic.BindTop<FpuRemainderNearest>, Mnemonic.Fprem1);
        Set(rows, &FpuArithmetic.BindTopPop<FpuLogarithm>, Mnemonic.Fyl2x);
        Set(rows, &FpuArithmetic.BindTopPop<FpuLogarithmPlusOne>, Mnemonic.Fyl2xp1);
        Set(rows, &FpuArithmetic.BindTopPop<FpuArcTangent>, Mnemonic.Fpatan);
        Set(rows, &FpuArithmetic.BindUnary<FpuAbsolute>, Mnemonic.Fabs);
        Set(rows, &FpuArithmetic.BindUnary<FpuChangeSign>, Mnemonic.Fchs);
        Set(rows, &FpuArithmetic.BindUnary<FpuSquareRoot>, Mnemonic.Fsqrt);
        Set(rows, &FpuArithmetic.BindUnary<FpuRoundToInteger>, Mnemonic.Frndint);
        Set(rows, &FpuArithmetic.BindUnary<FpuExponential>, Mnemonic.F2xm1);
        Set(rows, &FpuArithmetic.BindUnary<FpuSine>, Mnemonic.Fsin);
        Set(rows, &FpuArithmetic.BindUnary<FpuCosine>, Mnemonic.Fcos);
        Set(rows, &FpuArithmetic.Extract, Mnemonic.Fxtract);
        Set(rows, &FpuArithmetic.Trigonometric, Mnemonic.Fptan, Mnemonic.Fsincos);
    }

    private static void AddFpuTransfers(nint[] rows)
    {
        Set(rows, &FpuLoad.Real, Mnemonic.Fld);
        Set(rows, &FpuLoad.Integer, Mnemonic.Fild);
        Set(rows, &FpuLoad.Decimal, Mnemonic.Fbld);
        Set(rows, &FpuLoad.Constant, Mnemonic.Fld1, Mnemonic.Fldl2t, Mnemonic.Fldl2e, Mnemonic.Fldpi, Mnemonic.Fldlg2, Mnemonic.Fldln2,
            Mnemonic.Fldz);
        Set(rows, &FpuStore.Real, Mnemonic.Fst, Mnemonic.Fstp, Mnemonic.Fstpnce);
        Set(rows, &FpuStore.Integer, Mnemonic.Fist, Mnemonic.Fistp);
        Set(rows, &FpuStore.Truncated, Mnemonic.Fisttp);
        Set(rows, &FpuStore.Decimal, Mnemonic.Fbstp);
        Set(rows, &FpuCompare.Bind, Mnemonic.Fcom, Mnemonic.Fcomp, Mnemonic.Fucom, Mnemonic.Fucomp, Mnemonic.Ficom, Mnemonic.Ficomp);
        Set(rows, &FpuCompare.BindPopTwice, Mnemonic.Fcompp, Mnemonic.Fucompp);
        Set(rows, &FpuCompare.BindFlags, Mnemonic.Fcomi, Mnemonic.Fcomip, Mnemonic.Fucomi, Mnemonic.Fucomip);
        Set(rows, &FpuCompare.BindTest, Mnemonic.Ftst);
        Set(rows, &FpuCompare.BindExamine, Mnemonic.Fxam);
        Set(rows, &FpuRegisterInstructions.Exchange, Mnemonic.Fxch);
        Set(rows, &FpuRegisterInstructions.MoveIf, Mnemonic.Fcmovb, Mnemonic.Fcmovnb, Mnemonic.Fcmove, Mnemonic.Fcmovne, Mnemonic.Fcmovbe,
            Mnemonic.Fcmovnbe, Mnemonic.Fcmovu, Mnemonic.Fcmovnu);
        Set(rows, &FpuRegisterInstructions.Free, Mnemonic.Ffree, Mnemonic.Ffreep);
        Set(rows, &FpuRegisterInstructions.Rotate, Mnemonic.Fincstp, Mnemonic.Fdecstp);
    }

    private static void AddFpuControl(nint[] rows)
    {
        Set(rows, &FpuRegisterInstructions.Wait, Mnemonic.Wait, Mnemonic.Fnop);
        Set(rows, &FpuControl.LoadControl, Mnemonic.Fldcw);
        Set(rows, &FpuControl.StoreControl, Mnemonic.Fnstcw);
        Set(rows, &FpuControl.StoreStatus, Mnemonic.Fnstsw);
        Set(rows, &FpuControl.ClearExceptions, Mnemonic.Fnclex);
        Set(rows, &FpuControl.Initialize, Mnemonic.Fninit);
        Set(rows, &FpuEnvironment.StoreEnvironment, Mnemonic.Fnstenv);
        Set(rows, &FpuEnvironment.LoadEnvironment, Mnemonic.Fldenv);
        Set(rows, &FpuEnvironment.Save, Mnemonic.Fnsave);
        Set(rows, &FpuEnvironment.Restore, Mnemonic.Frstor);
        Set(rows, &SystemInstructions.Nop, Mnemonic.Fneni, Mnemonic.Fndisi, Mnemonic.Fnsetpm);
    }
}
