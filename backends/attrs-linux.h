/* SPDX-License-Identifier: ISC */
/* What attrs-linux-ids.c gives to the table in attrs-linux.c. */
#ifndef ATTRS_LINUX_H
#define ATTRS_LINUX_H

#include "attrs.h"

attr_act attr_set_groups;
attr_act attr_set_group;
attr_act attr_set_user;
attr_act attr_keep_capabilities;
attr_act attr_set_securebits;
attr_act attr_limit_bounding;
attr_act attr_raise_ambient;
attr_act attr_no_new_privs;

#endif
