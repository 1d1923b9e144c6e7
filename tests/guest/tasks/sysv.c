// build: glibc-static, musl-static
/* System V semaphores and message queues. */
#include "../guest.h"
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <time.h>

struct text {
	long type;
	char data[64];
};

static void on_alarm(int signal)
{
	(void)signal;
}

static int apply(int set, int number, int change, int flags)
{
	struct sembuf operation = { .sem_num = (unsigned short)number, .sem_op = (short)change, .sem_flg = (short)flags };

	return semop(set, &operation, 1);
}

static void waiters(int set)
{
	int status;
	pid_t child = fork();

	if (child == 0)
		_exit(apply(set, 0, -2, 0) == 0 ? 0 : errno);
	usleep(50000);
	printf("waits: %d %d\n", semctl(set, 0, GETNCNT), semctl(set, 0, GETZCNT));
	SHOW(apply(set, 0, 1, 0));
	usleep(20000);
	SHOW(apply(set, 0, 1, 0));
	waitpid(child, &status, 0);
	printf("woken %x, value %d\n", status, semctl(set, 0, GETVAL));
	printf("last by the child: %d\n", semctl(set, 0, GETPID) == child);
	semctl(set, 0, SETVAL, 3);
	child = fork();
	if (child == 0)
		_exit(apply(set, 0, 0, 0) == 0 ? 0 : errno);
	usleep(50000);
	printf("waits: %d %d\n", semctl(set, 0, GETNCNT), semctl(set, 0, GETZCNT));
	SHOW(apply(set, 0, -3, IPC_NOWAIT));
	waitpid(child, &status, 0);
	printf("saw zero %x\n", status);
}

static void undo(int set)
{
	int status;

	semctl(set, 1, SETVAL, 5);
	pid_t child = fork();
	if (child == 0) {
		apply(set, 1, -4, SEM_UNDO);
		apply(set, 1, 7, SEM_UNDO);
		apply(set, 1, 1, 0);
		_exit(semctl(set, 1, GETVAL));
	}
	waitpid(child, &status, 0);
	printf("child saw %d, left %d\n", WEXITSTATUS(status), semctl(set, 1, GETVAL));
}

static void semaphores(void)
{
	unsigned short values[3] = { 1, 2, 3 };
	struct semid_ds info;
	struct timespec soon = { .tv_nsec = 20000000 };
	int set = semget(IPC_PRIVATE, 3, 0600), status;

	MUST(set >= 0);
	SHOW(semget(IPC_PRIVATE, 0, 0600));
	SHOW(semget(0x5ea1, 1, 0));
	SHOW(apply(set, 3, 1, 0));
	SHOW(apply(set, 0, -1, IPC_NOWAIT));
	SHOW(apply(set, 0, 32767, 0));
	SHOW(apply(set, 0, 1, 0));
	SHOW(semctl(set, 0, SETVAL, -1));
	SHOW(semctl(set, 0, SETALL, values));
	struct sembuf several[] = { { 0, -1, 0 }, { 1, -2, 0 }, { 2, -4, IPC_NOWAIT } };
	SHOW(semop(set, several, 3));
	memset(values, 0, sizeof(values));
	semctl(set, 0, GETALL, values);
	printf("untouched: %d %d %d\n", values[0], values[1], values[2]);
	several[2].sem_op = -3;
	SHOW(semop(set, several, 3));
	SHOW(semtimedop(set, several, 1, &soon));
	SHOW(semop(set, several, 0));
	waiters(set);
	undo(set);
	signal(SIGALRM, on_alarm);
	alarm(1);
	SHOW(apply(set, 0, -1, 0));
	SHOW(semctl(set, 0, IPC_STAT, &info));
	printf("mode %o, %lu semaphores, used %d\n", info.sem_perm.mode, (unsigned long)info.sem_nsems, info.sem_otime != 0);
	pid_t child = fork();
	if (child == 0)
		_exit(apply(set, 0, -1, 0) == -1 ? errno : 0);
	usleep(50000);
	SHOW(semctl(set, 0, IPC_RMID));
	waitpid(child, &status, 0);
	printf("removed: %s\n", WEXITSTATUS(status) == EIDRM ? "EIDRM" : "other");
	SHOW(semctl(set, 0, GETVAL));
	int key = semget(0x5ea2, 2, IPC_CREAT | IPC_EXCL | 0600);
	MUST(key >= 0);
	SHOW(semget(0x5ea2, 2, IPC_CREAT | IPC_EXCL | 0600));
	SHOW(semget(0x5ea2, 3, 0));
	printf("same: %d\n", semget(0x5ea2, 1, 0) == key);
	semctl(key, 0, IPC_RMID);
}

static void receive(int queue, long type, int flags, size_t room)
{
	struct text message = { 0 };
	ssize_t length = msgrcv(queue, &message, room, type, flags);

	if (length < 0)
		printf("receive %ld: %s\n", type, errno == ENOMSG ? "ENOMSG" : errno == EIDRM ? "EIDRM" : errno_name(errno));
	else
		printf("receive %ld: type %ld, %.*s\n", type, message.type, (int)length, message.data);
}

static int send(int queue, long type, const char *data, int flags)
{
	struct text message = { .type = type };

	strcpy(message.data, data);
	return msgsnd(queue, &message, strlen(data), flags);
}

static void queues(void)
{
	struct msqid_ds info;
	int queue = msgget(IPC_PRIVATE, 0600), status;

	MUST(queue >= 0);
	receive(queue, 0, IPC_NOWAIT, 64);
	SHOW(send(queue, 0, "none", 0));
	for (long type = 5; type > 0; type--)
		send(queue, type, (const char *[]){ "", "one", "two", "three", "four", "five" }[type], 0);
	msgctl(queue, IPC_STAT, &info);
	printf("%lu messages, %lu bytes of %lu\n", (unsigned long)info.msg_qnum, (unsigned long)info.msg_cbytes, (unsigned long)info.msg_qbytes);
	receive(queue, 4, 0, 64);
	receive(queue, -3, 0, 64);
	receive(queue, 5, MSG_EXCEPT, 64);
	receive(queue, 0, 0, 2);
	receive(queue, 0, MSG_NOERROR, 2);
	receive(queue, 9, IPC_NOWAIT, 64);
	pid_t child = fork();
	if (child == 0) {
		receive(queue, 7, 0, 64);
		fflush(stdout);
		_exit(0);
	}
	usleep(50000);
	fflush(stdout);
	send(queue, 8, "other", 0);
	send(queue, 7, "for the child", 0);
	waitpid(child, &status, 0);
	info.msg_qbytes = 20;
	SHOW(msgctl(queue, IPC_SET, &info));
	SHOW(send(queue, 1, "0123456789012345", IPC_NOWAIT));
	child = fork();
	if (child == 0)
		_exit(send(queue, 1, "0123456789012345", 0) == 0 ? 0 : errno);
	usleep(50000);
	receive(queue, 8, 0, 64);
	waitpid(child, &status, 0);
	printf("sent when there was room: %x\n", status);
	child = fork();
	if (child == 0)
		_exit(send(queue, 1, "0123456789012345", 0) == 0 ? 0 : errno);
	usleep(50000);
	SHOW(msgctl(queue, IPC_RMID, NULL));
	waitpid(child, &status, 0);
	printf("removed: %s\n", WEXITSTATUS(status) == EIDRM ? "EIDRM" : "other");
	receive(queue, 0, 0, 64);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	semaphores();
	queues();
	return 0;
}
