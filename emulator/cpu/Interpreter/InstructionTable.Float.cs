using Iced.Intel;

namespace Emu.Cpu;

/// <content>The floating-point side of SSE, and the x87 FPU.</content>
internal static unsafe partial class InstructionTable
{
    private static void AddFloatArithmetic(nint[] rows)
    {
        Set(rows, &FloatArithmetic.BindScalar<FloatAdd, float>, Mnemonic.Addss, Mnemonic.Vaddss);
        Set(rows, &FloatArithmetic.BindScalar<FloatAdd, double>, Mnemonic.Addsd, Mnemonic.Vaddsd);
        Set(rows, &FloatArithmetic.BindPacked<FloatAdd, float>, Mnemonic.Addps, Mnemonic.Vaddps);
        Set(rows, &FloatArithmetic.BindPacked<FloatAdd, double>, Mnemonic.Addpd, Mnemonic.Vaddpd);
        Set(rows, &FloatArithmetic.BindScalar<FloatSubtract, float>, Mnemonic.Subss, Mnemonic.Vsubss);
        Set(rows, &FloatArithmetic.BindScalar<FloatSubtract, double>, Mnemonic.Subsd, Mnemonic.Vsubsd);
        Set(rows, &FloatArithmetic.BindPacked<FloatSubtract, float>, Mnemonic.Subps, Mnemonic.Vsubps);
        Set(rows, &FloatArithmetic.BindPacked<FloatSubtract, double>, Mnemonic.Subpd, Mnemonic.Vsubpd);
        Set(rows, &FloatArithmetic.BindScalar<FloatMultiply, float>, Mnemonic.Mulss, Mnemonic.Vmulss);
        Set(rows, &FloatArithmetic.BindScalar<FloatMultiply, double>, Mnemonic.Mulsd, Mnemonic.Vmulsd);
        Set(rows, &FloatArithmetic.BindPacked<FloatMultiply, float>, Mnemonic.Mulps, Mnemonic.Vmulps);
        Set(rows, &FloatArithmetic.BindPacked<FloatMultiply, double>, Mnemonic.Mulpd, Mnemonic.Vmulpd);
        Set(rows, &FloatArithmetic.BindScalar<FloatDivide, float>, Mnemonic.Divss, Mnemonic.Vdivss);
        Set(rows, &FloatArithmetic.BindScalar<FloatDivide, double>, Mnemonic.Divsd, Mnemonic.Vdivsd);
        Set(rows, &FloatArithmetic.BindPacked<FloatDivide, float>, Mnemonic.Divps, Mnemonic.Vdivps);
        Set(rows, &FloatArithmetic.BindPacked<FloatDivide, double>, Mnemonic.Divpd, Mnemonic.Vdivpd);
        Set(rows, &FloatArithmetic.BindScalar<FloatMinimum, float>, Mnemonic.Minss, Mnemonic.Vminss);
        Set(rows, &FloatArithmetic.BindScalar<FloatMinimum, double>, Mnemonic.Minsd, Mnemonic.Vminsd);
        Set(rows, &FloatArithmetic.BindPacked<FloatMinimum, float>, Mnemonic.Minps, Mnemonic.Vminps);
        Set(rows, &FloatArithmetic.BindPacked<FloatMinimum, double>, Mnemonic.Minpd, Mnemonic.Vminpd);
        Set(rows, &FloatArithmetic.BindScalar<FloatMaximum, float>, Mnemonic.Maxss, Mnemonic.Vmaxss);
        Set(rows, &FloatArithmetic.BindScalar<FloatMaximum, double>, Mnemonic.Maxsd, Mnemonic.Vmaxsd);
        Set(rows, &FloatArithmetic.BindPacked<FloatMaximum, float>, Mnemonic.Maxps, Mnemonic.Vmaxps);
        Set(rows, &FloatArithmetic.BindPacked<FloatMaximum, double>, Mnemonic.Maxpd, Mnemonic.Vmaxpd);
        Set(rows, &FloatArithmetic.BindScalarUnary<FloatSquareRoot, float>, Mnemonic.Sqrtss, Mnemonic.Vsqrtss);
        Set(rows, &FloatArithmetic.BindScalarUnary<FloatSquareRoot, double>, Mnemonic.Sqrtsd, Mnemonic.Vsqrtsd);
        Set(rows, &FloatArithmetic.BindPackedUnary<FloatSquareRoot, float>, Mnemonic.Sqrtps, Mnemonic.Vsqrtps);
        Set(rows, &FloatArithmetic.BindPackedUnary<FloatSquareRoot, double>, Mnemonic.Sqrtpd, Mnemonic.Vsqrtpd);
    }

    private static void AddFloatOthers(nint[] rows)
    {
        Set(rows, &FloatHorizontal.BindNeighbours<FloatAdd, float>, Mnemonic.Haddps, Mnemonic.Vhaddps);
        Set(rows, &FloatHorizontal.BindNeighbours<FloatAdd, double>, Mnemonic.Haddpd, Mnemonic.Vhaddpd);
        Set(rows, &FloatHorizontal.BindNeighbours<FloatSubtract, float>, Mnemonic.Hsubps, Mnemonic.Vhsubps);
        Set(rows, &FloatHorizontal.BindNeighbours<FloatSubtract, double>, Mnemonic.Hsubpd, Mnemonic.Vhsubpd);
        Set(rows, &FloatHorizontal.BindAlternating<float>, Mnemonic.Addsubps, Mnemonic.Vaddsubps);
        Set(rows, &FloatHorizontal.BindAlternating<double>, Mnemonic.Addsubpd, Mnemonic.Vaddsubpd);
        Set(rows, &FloatHorizontal.BindDotProduct<float>, Mnemonic.Dpps, Mnemonic.Vdpps);
        Set(rows, &FloatHorizontal.BindDotProduct<double>, Mnemonic.Dppd, Mnemonic.Vdppd);
        Set(rows, &FloatRound.BindScalar<float>, Mnemonic.Roundss, Mnemonic.Vroundss);
        Set(rows, &FloatRound.BindScalar<double>, Mnemonic.Roundsd, Mnemonic.Vroundsd);
        Set(rows, &FloatRound.BindPacked<float>, Mnemonic.Roundps, Mnemonic.Vroundps);
        Set(rows, &FloatRound.BindPacked<double>, Mnemonic.Roundpd, Mnemonic.Vroundpd);
        Set(rows, &FloatEstimate.BindScalar<EstimateReciprocal>, Mnemonic.Rcpss, Mnemonic.Vrcpss);
        Set(rows, &FloatEstimate.BindPacked<EstimateReciprocal>, Mnemonic.Rcpps, Mnemonic.Vrcpps);
        Set(rows, &FloatEstimate.BindScalar<EstimateReciprocalRoot>, Mnemonic.Rsqrtss, Mnemonic.Vrsqrtss);
        Set(rows, &FloatEstimate.BindPacked<EstimateReciprocalRoot>, Mnemonic.Rsqrtps, Mnemonic.Vrsqrtps);
    }

    private static void AddFloatConversions(nint[] rows)
    {
        Set(rows, &FloatToInteger.BindScalar<float, ByControl>, Mnemonic.Cvtss2si, Mnemonic.Vcvtss2si);
        Set(rows, &FloatToInteger.BindScalar<double, ByControl>, Mnemonic.Cvtsd2si, Mnemonic.Vcvtsd2si);
        Set(rows, &FloatToInteger.BindScalar<float, ByTruncation>, Mnemonic.Cvttss2si, Mnemonic.Vcvttss2si);
        Set(rows, &FloatToInteger.BindScalar<double, ByTruncation>, Mnemonic.Cvttsd2si, Mnemonic.Vcvttsd2si);
        Set(rows, &FloatElements.Bind<ElementToInteger<float, ByControl>>, Mnemonic.Cvtps2dq, Mnemonic.Vcvtps2dq);
        Set(rows, &FloatElements.Bind<ElementToInteger<double, ByControl>>, Mnemonic.Cvtpd2dq, Mnemonic.Vcvtpd2dq);
        Set(rows, &FloatElements.Bind<ElementToInteger<float, ByTruncation>>, Mnemonic.Cvttps2dq, Mnemonic.Vcvttps2dq);
        Set(rows, &FloatElements.Bind<ElementToInteger<double, ByTruncation>>, Mnemonic.Cvttpd2dq, Mnemonic.Vcvttpd2dq);
        Set(rows, &FloatElements.BindToMmx<ElementToInteger<float, ByControl>>, Mnemonic.Cvtps2pi);
        Set(rows, &FloatElements.BindToMmx<ElementToInteger<double, ByControl>>, Mnemonic.Cvtpd2pi);
        Set(rows, &FloatElements.BindToMmx<ElementToInteger<float, ByTruncation>>, Mnemonic.Cvttps2pi);
        Set(rows, &FloatElements.BindToMmx<ElementToInteger<double, ByTruncation>>, Mnemonic.Cvttpd2pi);
        Set(rows, &FloatElements.Bind<ElementFromInteger<float>>, Mnemonic.Cvtdq2ps, Mnemonic.Vcvtdq2ps);
        Set(rows, &FloatElements.Bind<ElementFromInteger<double>>, Mnemonic.Cvtdq2pd, Mnemonic.Vcvtdq2pd);
        Set(rows, &FloatElements.BindFromMmx<ElementFromInteger<float>>, Mnemonic.Cvtpi2ps);
        Set(rows, &FloatElements.BindFromMmx<ElementFromInteger<double>>, Mnemonic.Cvtpi2pd);
        Set(rows, &FloatElements.Bind<WidenElement>, Mnemonic.Cvtps2pd, Mnemonic.Vcvtps2pd);
        Set(rows, &FloatElements.Bind<NarrowElement>, Mnemonic.Cvtpd2ps, Mnemonic.Vcvtpd2ps);
        Set(rows, &FloatFromInteger.BindScalar<float>, Mnemonic.Cvtsi2ss, Mnemonic.Vcvtsi2ss);
        Set(rows, &FloatFromInteger.BindScalar<double>, Mnemonic.Cvtsi2sd, Mnemonic.Vcvtsi2sd);
        Set(rows, &FloatConvert.SingleToDouble, Mnemonic.Cvtss2sd, Mnemonic.Vcvtss2sd);
        Set(rows, &FloatConvert.DoubleToSingle, Mnemonic.Cvtsd2ss, Mnemonic.Vcvtsd2ss);
    }

    private static void AddFloatComparisons(nint[] rows)
    {
        Set(rows, &FloatCompare.BindOrdered<float>, Mnemonic.Comiss, Mnemonic.Vcomiss);
        Set(rows, &FloatCompare.BindOrdered<double>, Mnemonic.Comisd, Mnemonic.Vcomisd);
        Set(rows, &FloatCompare.BindUnordered<float>, Mnemonic.Ucomiss, Mnemonic.Vucomiss);
        Set(rows, &FloatCompare.BindUnordered<double>, Mnemonic.Ucomisd, Mnemonic.Vucomisd);
        Set(rows, &FloatCompare.BindScalar<float>, Mnemonic.Cmpss, Mnemonic.Vcmpss);
        Set(rows, &FloatCompare.BindPacked<float>, Mnemonic.Cmpps, Mnemonic.Vcmpps);
        Set(rows, &FloatCompare.BindPacked<double>, Mnemonic.Cmppd, Mnemonic.Vcmppd);
        Set(rows, &FloatControl.Load, Mnemonic.Ldmxcsr, Mnemonic.Vldmxcsr);
        Set(rows, &FloatControl.Store, Mnemonic.Stmxcsr, Mnemonic.Vstmxcsr);
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
