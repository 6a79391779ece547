/* SPDX-License-Identifier: ISC */
/* From the entries of a description to one resolved seat for each number. */
#include "plan.h"

static int comes_after(const struct seat *a, const struct seat *b)
{
	return a->to != b->to ? a->to > b->to : a->index > b->index;
}

/* Let seats[root] sink into the heap below it. */
static void sink(struct seat *seats, size_t root, size_t n)
{
	for (size_t child; (child = 2 * root + 1) < n; root = child) {
		struct seat swap = seats[root];

		if (child + 1 < n && comes_after(&seats[child + 1], &seats[child]))
			child++;
		if (!comes_after(&seats[child], &seats[root]))
			return;
		seats[root] = seats[child];
		seats[child] = swap;
	}
}

static int is_sorted(const struct seat *seats, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (comes_after(&seats[i - 1], &seats[i]))
			return 0;
	return 1;
}

/* A heap sort of our own, because qsort() may allocate, and this must not. */
static void sort(struct seat *seats, size_t n)
{
	if (is_sorted(seats, n))
		return;
	for (size_t i = n / 2; i-- > 0;)
		sink(seats, i, n);
	while (n-- > 1) {
		struct seat swap = seats[0];

		seats[0] = seats[n];
		seats[n] = swap;
		sink(seats, 0, n);
	}
}

static struct seat *find(struct seat *seats, size_t n, int to)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (seats[middle].to < to)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n && seats[low].to == to ? &seats[low] : NULL;
}

static void take(struct seat *seat, const struct pspawn_fd *fd, int index)
{
	seat->to = fd->child;
	seat->index = index;
	seat->from = ~index;
	switch (fd->kind) {
	case PSPAWN_FD_DUP:
		seat->how = SEAT_MOVE;
		seat->from = fd->number;
		break;
	case PSPAWN_FD_SAME:
		seat->how = SEAT_SAME;
		seat->from = fd->number;
		break;
	case PSPAWN_FD_OPEN:
	case PSPAWN_FD_NULL:
		seat->how = SEAT_OPEN;
		break;
	case PSPAWN_FD_CLOSE:
		seat->how = SEAT_CLOSED;
		break;
	case PSPAWN_FD_INHERIT:
		seat->how = SEAT_KEEP;
		seat->from = fd->child;
		break;
	default:
		seat->how = SEAT_MOVE;
		break;
	}
}

/* How 0, 1 and 2, which the description does not mention, come to be what they are. */
static const enum seat_how stdio_hows[][STDIO_MENTIONED] = {
	{ [STDIO_OPEN] = SEAT_KEEP, [STDIO_CLOEXEC] = SEAT_MOVE, [STDIO_CLOSED] = SEAT_OPEN },
	/* With INHERIT_ALL: as execve(2) treats them. */
	{ [STDIO_OPEN] = SEAT_KEEP, [STDIO_CLOEXEC] = SEAT_KEEP, [STDIO_CLOSED] = SEAT_CLOSED },
};

static size_t add_stdio(struct seat *seats, size_t n, const enum stdio_state stdio[3],
			int inherit_all)
{
	for (int number = 0; number <= 2; number++)
		if (stdio[number] != STDIO_MENTIONED)
			seats[n++] = (struct seat){ number, stdio_hows[inherit_all][stdio[number]],
						    number, -1 };
	return n;
}

/* Where a chain of `same` ends, or NULL: nowhere, or in itself. */
static const struct seat *root_of(struct seat *seats, size_t n, const struct seat *seat)
{
	for (size_t hops = 0; seat && seat->how == SEAT_SAME; hops++)
		seat = hops < n ? find(seats, n, seat->from) : NULL;
	return seat && seat->how != SEAT_CLOSED ? seat : NULL;
}

static void settle(struct seat *seat, const struct seat *root)
{
	seat->how = root->how == SEAT_OPEN ? SEAT_COPY : root->how;
	seat->from = root->how == SEAT_OPEN ? root->to : root->from;
	if (root->how == SEAT_KEEP)
		seat->how = SEAT_MOVE;
}

/* The whole chain at once, or a long one would be walked anew from each of its seats. */
static int resolve(struct seat *seats, size_t n, struct seat *seat)
{
	const struct seat *root = root_of(seats, n, seat);

	if (!root)
		return -1;
	while (seat->how == SEAT_SAME) {
		struct seat *next = find(seats, n, seat->from);

		settle(seat, root);
		seat = next;
	}
	return 0;
}

static long refuse_seat(struct refusal *refusal, const struct seat *seat, const char *reason)
{
	*refusal = refuse_entry(invalid(reason), PSPAWN_INDEX_FD, (size_t)seat->index);
	return -1;
}

long plan_seats(const struct pspawn_cmd *cmd, const enum stdio_state stdio[3], struct seat *seats,
		struct refusal *refusal)
{
	size_t n = 0, mentioned;

	for (size_t i = 0; i < cmd->nfds; i++)
		if (cmd->fds[i].kind != PSPAWN_FD_NONE)
			take(&seats[n++], &cmd->fds[i], (int)i);
	mentioned = n;
	sort(seats, n);
	for (size_t i = 1; i < n; i++)
		if (seats[i].to == seats[i - 1].to)
			return refuse_seat(refusal, &seats[i], "two entries have this number");
	n = add_stdio(seats, n, stdio, (cmd->flags & PSPAWN_INHERIT_ALL) != 0);
	if (n > mentioned)
		sort(seats, n);
	for (size_t i = 0; i < n; i++)
		if (seats[i].how == SEAT_SAME && resolve(seats, n, &seats[i]) < 0)
			return refuse_seat(refusal, &seats[i],
					   "its source is not open in the child");
	return (long)n;
}

size_t plan_pairs(const struct seat *seats, size_t n, struct fdmap_pair *pairs)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		if (seats[i].how == SEAT_MOVE) {
			pairs[count].to = seats[i].to;
			pairs[count].from = seats[i].from;
			pairs[count].index = seats[i].index;
			count++;
		}
	return count;
}
