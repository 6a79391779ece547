/* SPDX-License-Identifier: ISC */
/* A contender's main(): make the process what the options say, and measure. See contend.h. */
#include "contend.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_WARM_UP = 20, FEWEST = 4, MOST_THREADS = 64 };

struct options {
	long fds, memory, threads, starts, within;
};

struct measured {
	long long whole, call;
};

struct runner {
	const struct contest *contest;
	pthread_barrier_t *barrier;
	pthread_t thread;
	const struct options *options;
	struct measured *measured;
	long starts;
	long done;
	long long began, ended; /* by its own clock */
};

void contend_fail(const char *what, int code)
{
	fprintf(stderr, "%s: %s\n", what, strerror(code));
	exit(1);
}

long long contend_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

int contend_as(const struct contest *contest, const char *kind)
{
	return strcmp(contest->as, kind) == 0;
}

/* ---- the end of a child */

static int wait_by_pidfd(pid_t pid)
{
	int status = -1;
#ifdef SYS_pidfd_open
	enum { BY_PIDFD = 3 };
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	siginfo_t info;

	if (pidfd >= 0 && waitid((idtype_t)BY_PIDFD, (id_t)pidfd, &info, WEXITED) == 0)
		status = info.si_status;
	close(pidfd);
#else
	(void)pid;
#endif
	return status;
}

static int wait_by_pid(pid_t pid)
{
	int status;

	return waitpid(pid, &status, 0) == pid ? status : -1;
}

void contend_wait(const struct contest *contest, pid_t pid)
{
	if (contend_as(contest, "pidfd") ? wait_by_pidfd(pid) : wait_by_pid(pid))
		contend_fail("wait", ECHILD);
}

/* ---- what the parent is like */

/*
 * As a shell starts us. make(1) and others may use a posix_spawn(3) of glibc up to 2.36, which
 * leaves signals 32 and 33 ignored: that is passed on, and who is careful resets it in each child.
 */
static void begin_clean(void)
{
#ifdef SYS_rt_sigaction
	unsigned long action[16] = { 0 };

	for (int number = 32; number <= 33; number++)
		syscall(SYS_rt_sigaction, number, action, NULL, 8);
#endif
}

static int open_null(int flags)
{
	int fd = open("/dev/null", flags | O_CLOEXEC);

	if (fd < 0)
		contend_fail("/dev/null", errno);
	return fd;
}

/* Each an open file of its own, as connections are. */
static void open_descriptors(struct contest *contest, long count)
{
	int ends[2];

	contest->sources[0] = open_null(O_RDONLY);
	contest->sources[1] = open_null(O_WRONLY);
	contest->sources[2] = open_null(O_WRONLY);
	for (long i = 0; i < count; i++)
		open_null(O_RDONLY);
	if (!contest->late)
		return;
	if (pipe2(ends, O_CLOEXEC) < 0)
		contend_fail("pipe", errno);
	contest->sources[1] = ends[1];
}

static void touch_memory(long mib)
{
	size_t size = (size_t)mib << 20;
	char *memory;

	if (size == 0)
		return;
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		contend_fail("memory", errno);
#ifdef MADV_NOHUGEPAGE
	/* In small pages, as a heap is that grows bit by bit. */
	madvise(memory, size, MADV_NOHUGEPAGE);
#endif
	memset(memory, 1, size);
}

/* ---- the starts */

static void measure(const struct contest *contest, struct measured *measured)
{
	long long began = contend_now();

	measured->call = contender.start(contest) - began;
	measured->whole = contend_now() - began;
}

/* As many as there are to be, or as many as there is time for. */
static long repeat(const struct runner *runner, long starts, long long within_ns)
{
	long long until = contend_now() + within_ns;
	long done = 0;

	while (done < starts && (done < FEWEST || contend_now() < until))
		measure(runner->contest, &runner->measured[done++]);
	return done;
}

static void *run(void *argument)
{
	struct runner *runner = argument;
	long warm_up = runner->starts < MOST_WARM_UP ? runner->starts : MOST_WARM_UP;
	long long within_ns = runner->options->within * 1000000LL;

	repeat(runner, warm_up, within_ns / 5);
	pthread_barrier_wait(runner->barrier);
	runner->began = contend_now();
	runner->done = repeat(runner, runner->starts, within_ns);
	pthread_barrier_wait(runner->barrier);
	runner->ended = contend_now();
	return NULL;
}

/* The main thread is one of them, so that a program with one thread is measured as such. */
static void compete(const struct contest *contest, const struct options *options)
{
	long threads = options->threads;
	long each = (options->starts + threads - 1) / threads;
	struct measured *measured = calloc((size_t)(each * threads), sizeof(*measured));
	struct runner runners[MOST_THREADS];
	pthread_barrier_t barrier;
	long long done = 0;

	if (!measured)
		contend_fail("memory", ENOMEM);
	pthread_barrier_init(&barrier, NULL, (unsigned)threads);
	for (long i = 0; i < threads; i++)
		runners[i] = (struct runner){ .contest = contest,
					      .barrier = &barrier,
					      .options = options,
					      .measured = measured + i * each,
					      .starts = each };
	for (long i = 1; i < threads; i++)
		if (pthread_create(&runners[i].thread, NULL, run, &runners[i]))
			contend_fail("thread", EAGAIN);
	run(&runners[0]);
	for (long i = 1; i < threads; i++)
		pthread_join(runners[i].thread, NULL);
	for (long i = 0; i < threads; i++) {
		done += runners[i].done;
		for (long j = 0; j < runners[i].done; j++)
			printf("start %lld %lld\n", runners[i].measured[j].whole,
			       runners[i].measured[j].call);
	}
	printf("rate %lld\n", done * 1000000000LL / (runners[0].ended - runners[0].began));
}

static int parse(int argc, char **argv, struct options *options, struct contest *contest)
{
	static const struct option known[] = {
		{ "fds", required_argument, NULL, 'f' },
		{ "memory", required_argument, NULL, 'm' },
		{ "threads", required_argument, NULL, 't' },
		{ "starts", required_argument, NULL, 's' },
		{ "within", required_argument, NULL, 'w' },
		{ "as", required_argument, NULL, 'a' },
		{ "late", no_argument, NULL, 'l' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1)
		switch (option) {
		case 'f':
			options->fds = atol(optarg);
			break;
		case 'm':
			options->memory = atol(optarg);
			break;
		case 't':
			options->threads = atol(optarg);
			break;
		case 's':
			options->starts = atol(optarg);
			break;
		case 'w':
			options->within = atol(optarg);
			break;
		case 'a':
			contest->as = optarg;
			break;
		case 'l':
			contest->late = 1;
			break;
		default:
			return 0;
		}
	return optind == argc - 1 && options->threads >= 1 && options->threads <= MOST_THREADS &&
	       options->starts >= 1;
}

int main(int argc, char **argv)
{
	struct options options = { .threads = 1, .starts = 100, .within = 10000 };
	struct contest contest = { .as = "" };

	if (!parse(argc, argv, &options, &contest))
		return 2;
	begin_clean();
	contest.program = contest.argv[0] = argv[optind];
	if (contender.early)
		contender.early(&contest);
	open_descriptors(&contest, options.fds);
	touch_memory(options.memory);
	if (contender.prepare)
		contender.prepare(&contest);
	compete(&contest, &options);
	return 0;
}
