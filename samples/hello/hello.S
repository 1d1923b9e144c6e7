# A program that does in few instructions what a process does with its memory. emu trace shows a line for each page
# that it touches first. It needs no library: what is in the binary beside this source is written here.

        .equ SYS_write, 1
        .equ SYS_mmap, 9
        .equ SYS_munmap, 11
        .equ SYS_brk, 12
        .equ SYS_fork, 57
        .equ SYS_wait4, 61
        .equ SYS_uname, 63
        .equ SYS_exit_group, 231
        .equ PAGE, 4096

        .data
        .balign PAGE
shared: .quad 1                         # file-cow: private data of the binary
        .skip PAGE - 8                  # a whole page, so that the kernel has nothing to clear behind it

        .bss
        .balign PAGE
zeros:  .skip 2 * PAGE                  # zero-page on a read, anon on a write

        .section .rodata
text:   .ascii "hello from a program without a library\n"
        .equ text_length, . - text

        .text
        .globl _start
_start: call say_hello
        call touch_data
        call touch_heap
        call touch_mapping
        call grow_stack
        call fork_and_write
        xor %edi, %edi
        jmp leave

say_hello:
        mov $SYS_write, %eax
        mov $1, %edi
        lea text(%rip), %rsi
        mov $text_length, %edx
        syscall
        cmp $text_length, %rax
        jne failed
        ret

touch_data:
        incq shared(%rip)
        mov zeros(%rip), %rax           # the zero page, read-only ...
        incq zeros(%rip)                # ... and a page of its own, for it is written
        incq zeros + PAGE(%rip)
        ret

touch_heap:
        mov $SYS_brk, %eax
        xor %edi, %edi
        syscall
        mov %rax, %rbx
        lea 2 * PAGE(%rax), %rdi
        mov $SYS_brk, %eax
        syscall
        lea 2 * PAGE(%rbx), %rcx
        cmp %rcx, %rax
        jne failed
        movq $1, (%rbx)
        mov $SYS_uname, %eax
        lea PAGE(%rbx), %rdi            # the kernel writes the page: a fault in uname(2)
        syscall
        test %rax, %rax
        jnz failed
        ret

touch_mapping:
        mov $SYS_mmap, %eax
        xor %edi, %edi
        mov $4 * PAGE, %esi
        mov $3, %edx                    # PROT_READ | PROT_WRITE
        mov $0x22, %r10d                # MAP_PRIVATE | MAP_ANONYMOUS
        mov $-1, %r8
        xor %r9d, %r9d
        syscall
        cmp $-PAGE, %rax
        ja failed
        mov %rax, %rbx
        mov $4, %ecx
1:      movq $3, (%rax)
        add $PAGE, %rax
        dec %ecx
        jnz 1b
        mov $SYS_munmap, %eax
        mov %rbx, %rdi
        mov $4 * PAGE, %esi
        syscall
        test %rax, %rax
        jnz failed
        ret

grow_stack:
        movq $4, -40 * PAGE(%rsp)       # far below the stack pointer: the area grows down to it
        ret

fork_and_write:
        mov $SYS_fork, %eax
        syscall
        test %rax, %rax
        js failed
        jz child
        mov %rax, %rdi
        mov $SYS_wait4, %eax
        xor %esi, %esi
        xor %edx, %edx
        xor %r10d, %r10d
        syscall
        incq shared(%rip)               # the child is gone: the page is ours alone, and is used again
        ret
child:  incq shared(%rip)               # shared with the parent: it is copied
        xor %edi, %edi
        jmp leave

failed: mov $1, %edi
leave:  mov $SYS_exit_group, %eax
        syscall
        ud2

        .section .note.GNU-stack, "", @progbits
