# One macro per question asked of the system. Nothing is run, so that cross
# builds need no answers; what depends on the running kernel is asked at run time.

# PSPAWN_SPAWN_ACTION(NAME): posix_spawn_file_actions_NAME, which some headers
# declare under another name than the library has: take the address.
AC_DEFUN([PSPAWN_SPAWN_ACTION], [
AC_CACHE_CHECK([for posix_spawn_file_actions_$1], [pspawn_cv_spawn_$1], [
AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <spawn.h>
]], [[return ((void *)&posix_spawn_file_actions_$1) == 0;]])],
	[pspawn_cv_spawn_$1=yes], [pspawn_cv_spawn_$1=no])])
AS_IF([test "$pspawn_cv_spawn_$1" = yes],
	[AC_DEFINE(AS_TR_CPP([HAVE_POSIX_SPAWN_FILE_ACTIONS_$1]), [1],
		[Define to 1 if posix_spawn has the file action $1.])])
])

AC_DEFUN([PSPAWN_SPAWN_ACTIONS], [
AC_SEARCH_LIBS([posix_spawn], [rt spawn])
PSPAWN_SPAWN_ACTION([addclosefrom_np])
PSPAWN_SPAWN_ACTION([addinherit_np])
PSPAWN_SPAWN_ACTION([addchdir])
PSPAWN_SPAWN_ACTION([addchdir_np])
PSPAWN_SPAWN_ACTION([addfchdir])
PSPAWN_SPAWN_ACTION([addfchdir_np])
PSPAWN_SPAWN_ACTION([addtcsetpgrp_np])
AC_CHECK_DECLS([POSIX_SPAWN_CLOEXEC_DEFAULT, POSIX_SPAWN_SETSID, POSIX_SPAWN_SETSCHEDULER], [], [],
	[[#include <spawn.h>
]])
])

# The backends of the installed library: a primary one, then fork.
AC_DEFUN([PSPAWN_BACKEND], [
AC_ARG_WITH([backend],
	[AS_HELP_STRING([--with-backend=auto|linux|posix_spawn|fork],
		[the first way to make a child; fork is always the second])],
	[], [with_backend=auto])
dnl Answer "no" by hand, and the portable code is built and tested on Linux.
AC_CACHE_CHECK([for Linux], [pspawn_cv_linux], [
AS_CASE([$host_os], [linux*], [pspawn_cv_linux=yes], [pspawn_cv_linux=no])])
AS_IF([test "$with_backend" = auto], [
	AS_IF([test $pspawn_cv_linux = yes], [with_backend=linux],
		[test "$pspawn_cv_spawn_addclosefrom_np" = yes], [with_backend=posix_spawn],
		[test "$pspawn_cv_spawn_addinherit_np$ac_cv_have_decl_POSIX_SPAWN_CLOEXEC_DEFAULT" = yesyes],
		[with_backend=posix_spawn],
		[with_backend=fork])
])
AS_CASE([$with_backend:$pspawn_cv_linux],
	[linux:yes|posix_spawn:*|fork:*], [],
	[linux:no], [AC_MSG_ERROR([the linux backend needs Linux])],
	[AC_MSG_ERROR([no backend of the name $with_backend])])
AM_CONDITIONAL([LINUX], [test $pspawn_cv_linux = yes])
AS_IF([test $pspawn_cv_linux = yes],
	[AC_DEFINE([SYS_IS_RAW], [1], [Define to 1 if sys.h is served by raw Linux system calls.])])
AM_CONDITIONAL([BACKEND_LINUX], [test "$with_backend" = linux])
AM_CONDITIONAL([BACKEND_POSIX_SPAWN], [test "$with_backend" = posix_spawn])
])

# The door into a new process: our own where the CPU has one.
AC_DEFUN([PSPAWN_ENTRY], [
AC_CACHE_CHECK([whether the target is x86_64 with 64-bit pointers], [pspawn_cv_x86_64], [
AC_COMPILE_IFELSE([AC_LANG_SOURCE([[#if !defined(__x86_64__) || defined(__ILP32__)
#error no
#endif
]])], [pspawn_cv_x86_64=yes], [pspawn_cv_x86_64=no])])
AS_CASE([$pspawn_cv_x86_64:$host_cpu],
	[yes:*], [pspawn_entry=x86_64],
	[no:aarch64], [pspawn_entry=aarch64],
	[pspawn_entry=libc])
AS_IF([test $pspawn_cv_linux = no], [pspawn_entry=])
AC_SUBST([ENTRY], [$pspawn_entry])
AM_CONDITIONAL([ENTRY_X86_64], [test "$pspawn_entry" = x86_64])
AM_CONDITIONAL([ENTRY_AARCH64], [test "$pspawn_entry" = aarch64])
])

# How the end of a child is watched.
AC_DEFUN([PSPAWN_WATCH], [
AS_IF([test $pspawn_cv_linux = yes], [pspawn_watch=pidfd],
	[test "$ac_cv_func_kqueue" = yes], [pspawn_watch=kqueue],
	[pspawn_watch=backoff])
AM_CONDITIONAL([WATCH_PIDFD], [test $pspawn_watch = pidfd])
AM_CONDITIONAL([WATCH_KQUEUE], [test $pspawn_watch = kqueue])
])

# PSPAWN_LOOP(NAME, MODULE, HEADER, CALL): an event loop that an example runs in, where its
# library is there, and for this compiler: pkg-config may know of another's.
AC_DEFUN([PSPAWN_LOOP], [
PKG_CHECK_MODULES([$1], [$2], [
	pspawn_saved_CPPFLAGS=$CPPFLAGS pspawn_saved_LIBS=$LIBS
	CPPFLAGS="$CPPFLAGS $$1_CFLAGS" LIBS="$$1_LIBS $LIBS"
	AC_MSG_CHECKING([whether a program with $2 can be linked])
	AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <$3>]], [[return $4;]])],
		[pspawn_loop_$1=yes], [pspawn_loop_$1=no])
	AC_MSG_RESULT([$pspawn_loop_$1])
	CPPFLAGS=$pspawn_saved_CPPFLAGS LIBS=$pspawn_saved_LIBS
], [pspawn_loop_$1=no])
AM_CONDITIONAL([LOOP_$1], [test $pspawn_loop_$1 = yes])
])
