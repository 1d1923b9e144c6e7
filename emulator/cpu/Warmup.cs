using Emu.Mm;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>
/// Pays ahead what the first instructions of a machine cost: the tables of the decoder and of the interpreter, and all that the runtime
/// does when a function is first named or called.
/// </summary>
public static class Warmup
{
    // What programs begin with: a function's frame, moves of all kinds, tests and jumps, a vector or two, a system call.
    private static ReadOnlySpan<byte> Code =>
    [
        0xF3, 0x0F, 0x1E, 0xFA, // endbr64
        0x31, 0xED, // xor ebp, ebp
        0x49, 0x89, 0xD1, // mov r9, rdx
        0x5E, // pop rsi
        0x48, 0x89, 0xE2, // mov rdx, rsp
        0x48, 0x83, 0xE4, 0xF0, // and rsp, -16
        0x50, // push rax
        0x48, 0x8D, 0x3D, 0x10, 0x00, 0x00, 0x00, // lea rdi, [rip+0x10]
        0x48, 0x8B, 0x47, 0x08, // mov rax, [rdi+8]
        0x48, 0x89, 0x04, 0xCE, // mov [rsi+rcx*8], rax
        0xC7, 0x45, 0xFC, 0x01, 0x00, 0x00, 0x00, // mov dword [rbp-4], 1
        0x0F, 0xB6, 0x07, // movzx eax, byte [rdi]
        0x48, 0x63, 0xD0, // movsxd rdx, eax
        0x83, 0xC0, 0x01, // add eax, 1
        0x48, 0x29, 0xC8, // sub rax, rcx
        0xC1, 0xE0, 0x02, // shl eax, 2
        0x0F, 0xAF, 0xC2, // imul eax, edx
        0x0F, 0x44, 0xC2, // cmove eax, edx
        0x0F, 0x94, 0xC0, // sete al
        0x66, 0x0F, 0xEF, 0xC0, // pxor xmm0, xmm0
        0x0F, 0x11, 0x07, // movups [rdi], xmm0
        0xF3, 0x0F, 0x6F, 0x0F, // movdqu xmm1, [rdi]
        0xA8, 0x01, // test al, 1
        0x75, 0x02, // jne
        0x48, 0x39, 0xD8, // cmp rax, rbx
        0x72, 0x02, // jb
        0xE8, 0x00, 0x00, 0x00, 0x00, // call
        0xFF, 0xD0, // call rax
        0xEB, 0x00, // jmp
        0xC3, // ret
        0x0F, 0x05, // syscall
    ];

    /// <summary>Decodes and binds some instructions. Nothing of it concerns a machine, so that it can go on beside the making of one.</summary>
    public static void Run(CpuModel model)
    {
        Decoder decoder = Decoder.Create(64, new ByteArrayCodeReader(Code.ToArray()), model.DecoderOptions);
        using BlockBuilder builder = new();
        builder.Begin(0);
        while (decoder.IP < (ulong)Code.Length)
        {
            decoder.Decode(out Instruction instruction);
            Bug.On(instruction.IsInvalid, "an instruction of the warm-up is not known");
            InstructionTable.Bind(builder, instruction, model);
            if (builder.IsEnded)
                builder.Begin(decoder.IP);
        }
    }
}
