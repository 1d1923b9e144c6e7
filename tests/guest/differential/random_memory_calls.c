// build: glibc-static
// Random memory calls on a fixed arena. Prints the result of each call, and now and then the arena's lines of
// /proc/self/maps, what mincore tells, and a hash of what can be read. The same seed prints the same bytes on every Linux.
//
// usage: random_memory_calls [SEED [CALLS [CALLS-BETWEEN-LISTINGS]]]
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096ul
#define ARENA_PAGES 192ul
#define FILE_PAGES 48ul
#define MADV_GUARD_INSTALL_ 102
#define MADV_GUARD_REMOVE_ 103

static char *const arena = (char *)0x100000000000;
static uint64_t state;
static int file;
static sigjmp_buf escape;
static volatile sig_atomic_t fault_signal, fault_code;
static volatile uintptr_t fault_address;

static uint64_t draw(uint64_t bound) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (state >> 11) % bound;
}

static char *page(uint64_t index) { return arena + index * PAGE; }

static void on_fault(int signal, siginfo_t *info, void *context) {
    (void)context;
    fault_signal = signal;
    fault_code = info->si_code;
    fault_address = (uintptr_t)info->si_addr;
    siglongjmp(escape, 1);
}

static void say(const char *what, uint64_t at, uint64_t pages, long argument, long result) {
    int error = result == -1 ? errno : 0;
    printf("%s %lu+%lu %#lx = ", what, at, pages, argument);
    if (result == -1)
        printf("%s\n", strerrorname_np(error));
    else if ((uintptr_t)result >= (uintptr_t)arena && (uintptr_t)result < (uintptr_t)page(ARENA_PAGES))
        printf("page %lu\n", ((uintptr_t)result - (uintptr_t)arena) / PAGE);
    else
        printf("%ld\n", result);
}

static int random_protection(void) {
    static const int kinds[] = {PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE,
                                PROT_READ | PROT_EXEC, PROT_READ | PROT_WRITE | PROT_EXEC, PROT_WRITE};
    return kinds[draw(8)];
}

static void range(uint64_t *at, uint64_t *pages) {
    *at = draw(ARENA_PAGES);
    *pages = 1 + draw(draw(4) == 0 ? 64 : 12);
    if (*at + *pages > ARENA_PAGES)
        *pages = ARENA_PAGES - *at;
}

static void do_map(void) {
    uint64_t at, pages;
    range(&at, &pages);
    int protection = random_protection();
    int flags = draw(4) == 0 ? MAP_FIXED_NOREPLACE : MAP_FIXED;
    int from = -1;
    uint64_t offset = 0;
    flags |= draw(3) == 0 ? MAP_SHARED : MAP_PRIVATE;
    if (draw(3) == 0) {
        from = file;
        offset = draw(FILE_PAGES + 4) * PAGE;
    } else {
        flags |= MAP_ANONYMOUS;
    }
    if (draw(6) == 0)
        flags |= MAP_POPULATE;
    if (draw(6) == 0)
        flags |= MAP_NORESERVE;
    if (draw(12) == 0)
        flags |= MAP_LOCKED;
    say(from < 0 ? "mmap" : "mmap file", at, pages, flags | ((long)protection << 32), (long)mmap(page(at), pages * PAGE, protection, flags, from, offset));
}

static void do_unmap(void) {
    uint64_t at, pages;
    range(&at, &pages);
    say("munmap", at, pages, 0, munmap(page(at), pages * PAGE));
}

static void do_protect(void) {
    uint64_t at, pages;
    range(&at, &pages);
    int protection = random_protection();
    say("mprotect", at, pages, protection, mprotect(page(at), pages * PAGE, protection));
}

static void do_remap(void) {
    uint64_t at, pages, to, length;
    range(&at, &pages);
    range(&to, &length);
    switch (draw(5)) {
    case 0:
        say("mremap shrink", at, pages, 1, (long)mremap(page(at), pages * PAGE, (1 + pages / 2) * PAGE, 0));
        break;
    case 1:
        if (at + pages + 3 <= ARENA_PAGES)
            say("mremap grow", at, pages, 3, (long)mremap(page(at), pages * PAGE, (pages + 3) * PAGE, 0));
        break;
    case 2:
        say("mremap move", at, length, to, (long)mremap(page(at), length * PAGE, length * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, page(to)));
        break;
    case 3:
        say("mremap resize", at, pages, to, (long)mremap(page(at), pages * PAGE, length * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, page(to)));
        break;
    default:
        say("mremap keep", at, length, to,
            (long)mremap(page(at), length * PAGE, length * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, page(to)));
        break;
    }
}

static void do_advise(void) {
    static const int kinds[] = {MADV_NORMAL, MADV_RANDOM, MADV_SEQUENTIAL, MADV_WILLNEED, MADV_DONTNEED, MADV_DONTNEED, MADV_REMOVE, MADV_DONTFORK,
                                MADV_DOFORK, MADV_WIPEONFORK, MADV_KEEPONFORK, MADV_DONTDUMP, MADV_DODUMP, MADV_COLD, MADV_POPULATE_READ,
                                MADV_POPULATE_WRITE, MADV_GUARD_INSTALL_, MADV_GUARD_REMOVE_, MADV_DONTNEED_LOCKED, 1234};
    uint64_t at, pages;
    range(&at, &pages);
    int advice = kinds[draw(sizeof kinds / sizeof *kinds)];
    say("madvise", at, pages, advice, madvise(page(at), pages * PAGE, advice));
}

static void do_lock(void) {
    uint64_t at, pages;
    range(&at, &pages);
    switch (draw(3)) {
    case 0: say("mlock", at, pages, 0, mlock(page(at), pages * PAGE)); break;
    case 1: say("mlock2", at, pages, 1, mlock2(page(at), pages * PAGE, MLOCK_ONFAULT)); break;
    default: say("munlock", at, pages, 0, munlock(page(at), pages * PAGE)); break;
    }
}

static void do_sync(void) {
    static const int kinds[] = {MS_SYNC, MS_ASYNC, MS_SYNC | MS_INVALIDATE, MS_ASYNC | MS_SYNC, MS_INVALIDATE};
    uint64_t at, pages;
    range(&at, &pages);
    int flags = kinds[draw(5)];
    say("msync", at, pages, flags, msync(page(at), pages * PAGE, flags));
}

static void do_write(void) {
    volatile uint64_t at = draw(ARENA_PAGES), count = 1 + draw(8);
    for (volatile uint64_t i = at; i < at + count && i < ARENA_PAGES; i++) {
        unsigned char value = (unsigned char)draw(256);
        if (sigsetjmp(escape, 1) == 0)
            *(volatile unsigned char *)(page(i) + (i * 67) % PAGE) = value;
        else
            printf("write %lu: signal %d code %d %s\n", i, fault_signal, fault_code, fault_address == (uintptr_t)page(i) + (i * 67) % PAGE ? "there" : "elsewhere");
    }
}

static uint64_t hash_page(uint64_t index, uint64_t hash) {
    if (sigsetjmp(escape, 1) != 0)
        return hash * 31 + (uint64_t)fault_signal * 7 + (uint64_t)fault_code;
    const volatile uint64_t *words = (const volatile uint64_t *)page(index);
    for (uint64_t i = 0; i < PAGE / 8; i++)
        hash = (hash ^ words[i]) * 0x100000001b3;
    return hash;
}

static uint64_t hash_arena(void) {
    uint64_t hash = 0xcbf29ce484222325;
    for (uint64_t i = 0; i < ARENA_PAGES; i++)
        hash = hash_page(i, hash);
    return hash;
}

static void do_read(void) {
    uint64_t at = draw(ARENA_PAGES);
    printf("read %lu: %016lx\n", at, hash_page(at, 1));
}

static void do_file(void) {
    unsigned char bytes[100];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)draw(256);
    switch (draw(3)) {
    case 0: say("pwrite", 0, 0, 0, pwrite(file, bytes, sizeof bytes, (off_t)draw(FILE_PAGES * PAGE))); break;
    case 1: say("ftruncate", 0, 0, 0, ftruncate(file, (off_t)(draw(FILE_PAGES) * PAGE + draw(2) * 1234))); break;
    default: say("ftruncate", 0, 0, 0, ftruncate(file, FILE_PAGES * PAGE)); break;
    }
}

static void do_fork(void) {
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        do_write();
        printf("child %016lx\n", hash_arena());
        fflush(stdout);
        _exit((int)draw(200));
    }
    int status;
    waitpid(child, &status, 0);
    printf("fork: %d\n", status);
}

static void print_maps(void) {
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512];
    while (fgets(line, sizeof line, maps)) {
        unsigned long start, end, offset, inode;
        unsigned major, minor;
        char permissions[8], name[256] = "";
        if (sscanf(line, "%lx-%lx %7s %lx %x:%x %lu %255[^\n]", &start, &end, permissions, &offset, &major, &minor, &inode, name) < 7)
            continue;
        if (start >= (unsigned long)arena && start < (unsigned long)page(ARENA_PAGES))
            printf("  %lu-%lu %s %lx %s %s\n", (start - (unsigned long)arena) / PAGE, (end - (unsigned long)arena) / PAGE, permissions, offset, inode ? "object" : "-", name);
    }
    fclose(maps);
}

static void print_residency(void) {
    char line[ARENA_PAGES + 1];
    for (uint64_t i = 0; i < ARENA_PAGES; i++) {
        unsigned char resident;
        line[i] = mincore(page(i), PAGE, &resident) != 0 ? '-' : (resident & 1) ? '1' : '0';
    }
    line[ARENA_PAGES] = 0;
    printf("  mincore %s\n", line);
}

static void snapshot(int call) {
    printf("after %d calls\n", call);
    print_maps();
    print_residency();
    printf("  hash %016lx\n", hash_arena());
}

int main(int argc, char **argv) {
    static void (*const calls[])(void) = {do_map, do_map, do_map, do_map, do_unmap, do_protect, do_protect, do_remap, do_remap, do_advise, do_advise,
                                          do_lock, do_sync, do_write, do_write, do_write, do_write, do_read, do_read, do_file};
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
    int count = argc > 2 ? atoi(argv[2]) : 1000;
    int period = argc > 3 ? atoi(argv[3]) : 100;
    state = seed * 0x9e3779b97f4a7c15 + 1;
    static char buffer[1 << 16];
    setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
    struct rlimit lock_limit = {100 * PAGE, 100 * PAGE};
    setrlimit(RLIMIT_MEMLOCK, &lock_limit);
    file = memfd_create("arena", 0);
    ftruncate(file, FILE_PAGES * PAGE);
    static char stack[1 << 16];
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&alternate, NULL);
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    for (int i = 1; i <= count; i++) {
        if (draw(60) == 0)
            do_fork();
        else
            calls[draw(sizeof calls / sizeof *calls)]();
        if (i % period == 0)
            snapshot(i);
    }
    return 0;
}
