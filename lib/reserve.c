/* SPDX-License-Identifier: ISC */
/* How many numbers are kept for starts: by one thread at a time, and with starts going on. */
#include <errno.h>
#include <stdatomic.h>
#include <unistd.h>

#include "berth.h"
#include "lib.h"

_Static_assert(BERTHS == PSPAWN_MAX_RESERVED, "a bit for each");

static atomic_int changing; /* the process in which a thread does so, or 0 */

static int kept(void)
{
	int n = 0;

	for (int i = 0; i < BERTHS; i++)
		n += berth_is_kept(i);
	return n;
}

/* All that is wanted or, on -errno, no more than before. */
static int grow(int missing, int placeholder)
{
	uint64_t added = 0;
	int result = 0;

	for (int i = 0; i < BERTHS && missing > 0 && result == 0; i++) {
		if (berth_is_kept(i))
			continue;
		result = berth_keep(i, placeholder);
		if (result == 0) {
			added |= UINT64_C(1) << i;
			missing--;
		}
		/* Somebody is closing it. */
		if (result == -EAGAIN)
			result = 0;
	}
	for (int i = 0; i < BERTHS && result < 0; i++)
		if (added >> i & 1)
			berth_retire(i);
	return result;
}

/* A file that holds nothing else open: no mount, no terminal, no connection. */
static int grow_by_new_pipe(int missing)
{
	int ends[2];
	int result = sys_pipe(ends);

	if (result < 0)
		return result;
	sys_release(ends[1]);
	result = grow(missing, ends[0]);
	sys_release(ends[0]);
	return result;
}

/* By the pipe that lies in others, so that a start changes none of them. */
static int change(int n)
{
	int free_one = -1;
	int result = 0;

	/* Those that are not ours any more do not count. */
	for (int i = 0; i < BERTHS; i++)
		if (berth_take(i, -1))
			berths_return(UINT64_C(1) << i, -1);
	for (int i = BERTHS - 1; i >= 0 && kept() > n; i--)
		berth_retire(i);
	for (int i = 0; i < BERTHS && free_one < 0 && kept() < n; i++)
		if (berth_take(i, -1))
			free_one = i;
	if (free_one >= 0) {
		result = grow(n - kept(), berth_number(free_one));
		berths_return(UINT64_C(1) << free_one, -1);
	} else if (kept() < n) {
		result = grow_by_new_pipe(n - kept());
	}
	return result;
}

int pspawn_reserve(int n)
{
	pid_t pid = getpid();
	int before = atomic_load(&changing);
	int cancel, saved, result;

	if (n < 0 || n > BERTHS)
		return -EINVAL;
	/* A thread of our parent's, which is not here, may have been in it when it forked. */
	if (before == pid || !atomic_compare_exchange_strong(&changing, &before, pid))
		return -EBUSY;
	saved = errno;
	cancel = sys_disable_cancel();
	berths_adopt();
	result = change(n);
	sys_restore_cancel(cancel);
	errno = saved;
	atomic_store(&changing, 0);
	return result;
}
