// Calls, processes, threads, and what they say to each other.
#include "bench.h"
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static void fork_once(void)
{
    pid_t child = fork();
    MUST(child >= 0);
    if (child == 0)
        _exit(0);
    MUST(waitpid(child, NULL, 0) == child);
}

static void *nothing(void *argument)
{
    return argument;
}

static void thread_once(void)
{
    pthread_t thread;
    MUST(pthread_create(&thread, NULL, nothing, NULL) == 0);
    MUST(pthread_join(thread, NULL) == 0);
}

static void pipes(void)
{
    enum { Rounds = 5000 };
    int there[2], back[2];
    char byte = 0;
    MUST(pipe(there) == 0 && pipe(back) == 0);
    pid_t child = fork();
    MUST(child >= 0);
    if (child == 0) {
        for (int i = 0; i < Rounds; i++)
            MUST(read(there[0], &byte, 1) == 1 && write(back[1], &byte, 1) == 1);
        _exit(0);
    }
    MEASURE("pipe-ping-pong", "round", Rounds, MUST(write(there[1], &byte, 1) == 1 && read(back[0], &byte, 1) == 1));
    MUST(waitpid(child, NULL, 0) == child);
}

static _Atomic int turn;

static void pass(int mine, int next)
{
    while (atomic_load(&turn) != mine)
        syscall(SYS_futex, &turn, FUTEX_WAIT_PRIVATE, next, NULL, NULL, 0);
    atomic_store(&turn, next);
    syscall(SYS_futex, &turn, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

enum { FutexRounds = 5000 };

static void *answer(void *argument)
{
    for (int i = 0; i < FutexRounds; i++)
        pass(1, 0);
    return argument;
}

static void futexes(void)
{
    pthread_t thread;
    MUST(pthread_create(&thread, NULL, answer, NULL) == 0);
    MEASURE("futex-ping-pong", "round", FutexRounds, pass(0, 1));
    MUST(pthread_join(thread, NULL) == 0);
}

int main(void)
{
    MEASURE("getppid", "call", 100000, syscall(SYS_getppid));
    MEASURE("fork+exit+wait", "process", 200, fork_once());
    MEASURE("thread-create+join", "thread", 1000, thread_once());
    pipes();
    futexes();
    return 0;
}
