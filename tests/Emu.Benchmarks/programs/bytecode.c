// The loop of a small stack machine: a jump through a table for each of its instructions.
#include "bench.h"

enum { Push, Add, Subtract, Multiply, Load, Store, JumpIfNotZero, Halt };

// sum = 0; n = 300000; do { sum = sum * 3 + n; n = n - 1; } while (n != 0);
static const int program[] = {
    Push, 0, Store, 0, Push, 300000, Store, 1,
    Load, 0, Push, 3, Multiply, Load, 1, Add, Store, 0,
    Load, 1, Push, 1, Subtract, Store, 1,
    Load, 1, JumpIfNotZero, 8, Halt,
};

static unsigned execute(const int *code)
{
    unsigned stack[16], variables[2] = { 0, 0 }, *top = stack;
    for (const int *at = code;;) {
        switch (*at++) {
        case Push: *top++ = (unsigned)*at++; break;
        case Add: top--; top[-1] += *top; break;
        case Subtract: top--; top[-1] -= *top; break;
        case Multiply: top--; top[-1] *= *top; break;
        case Load: *top++ = variables[*at++]; break;
        case Store: variables[*at++] = *--top; break;
        case JumpIfNotZero: at = *--top != 0 ? code + *at : at + 1; break;
        case Halt: return variables[0];
        default: abort();
        }
    }
}

int main(void)
{
    unsigned expected = 0;
    for (unsigned n = 300000; n != 0; n--)
        expected = expected * 3 + n;
    MUST(execute(program) == expected);
    MEASURE("bytecode", "run", 8, MUST(execute(program) == expected));
    return 0;
}
