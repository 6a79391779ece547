/* SPDX-License-Identifier: ISC */
/* Users and groups, looked up here: a child between start and program can ask nobody. */
#ifndef IDS_H
#define IDS_H

#include <pspawn.h>

struct pspawn_attr ids_user(const char *text);	 /* USER[:GROUP] */
struct pspawn_attr ids_group(const char *text);
struct pspawn_attr ids_groups(const char *text); /* a list, `none`, `keep` or `all` */

/* `--groups all` waits for its --user, which may come after it. */
void ids_complete(struct pspawn_attr *attr);

#endif
