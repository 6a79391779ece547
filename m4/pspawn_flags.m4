# PSPAWN_TRY_FLAG(FLAG, VARIABLE): append FLAG to VARIABLE if the compiler takes it.
AC_DEFUN([PSPAWN_TRY_FLAG], [
AC_MSG_CHECKING([whether $CC takes $1])
pspawn_saved_CFLAGS=$CFLAGS
CFLAGS="$CFLAGS -Werror $1"
AC_COMPILE_IFELSE([AC_LANG_PROGRAM],
	[$2="$$2 $1"; AC_MSG_RESULT([yes])],
	[AC_MSG_RESULT([no])])
CFLAGS=$pspawn_saved_CFLAGS
])

# What the header does not mark stays inside the library.
AC_DEFUN([PSPAWN_VISIBILITY], [
PSPAWN_TRY_FLAG([-fvisibility=hidden], [VISIBILITY_CFLAGS])
AC_SUBST([VISIBILITY_CFLAGS])
])

AC_DEFUN([PSPAWN_WARNINGS], [
AC_ARG_ENABLE([werror], [AS_HELP_STRING([--enable-werror], [treat warnings as errors])])
PSPAWN_TRY_FLAG([-Wall], [WARNING_CFLAGS])
PSPAWN_TRY_FLAG([-Wextra], [WARNING_CFLAGS])
PSPAWN_TRY_FLAG([-Wstrict-prototypes], [WARNING_CFLAGS])
AS_IF([test "x$enable_werror" = xyes], [WARNING_CFLAGS="$WARNING_CFLAGS -Werror"])
AC_SUBST([WARNING_CFLAGS])
])

AC_DEFUN([PSPAWN_SANITIZERS], [
AC_ARG_ENABLE([sanitizers],
	[AS_HELP_STRING([--enable-sanitizers=LIST], [build with -fsanitize=LIST])],
	[], [enable_sanitizers=no])
AS_IF([test "x$enable_sanitizers" = xno], [SANITIZED=no], [
	SANITIZED=yes
	SANITIZER_CFLAGS="-fsanitize=$enable_sanitizers -fno-sanitize-recover=all -fno-omit-frame-pointer"
])
AC_SUBST([SANITIZER_CFLAGS])
AC_SUBST([SANITIZED])
])

# Does the linker take a symbol map, and refuse garbage in its place?
AC_DEFUN([PSPAWN_SYMBOL_MAP], [
AC_CACHE_CHECK([whether the linker takes a version script], [pspawn_cv_version_script], [
pspawn_saved_LDFLAGS=$LDFLAGS
LDFLAGS="$LDFLAGS -Wl,--version-script=conftest.map"
echo 'V_1 { global: main; local: *; };' >conftest.map
AC_LINK_IFELSE([AC_LANG_PROGRAM], [pspawn_cv_version_script=yes], [pspawn_cv_version_script=no])
echo 'garbage {' >conftest.map
AC_LINK_IFELSE([AC_LANG_PROGRAM], [pspawn_cv_version_script=no])
rm -f conftest.map
LDFLAGS=$pspawn_saved_LDFLAGS
])
AM_CONDITIONAL([VERSION_SCRIPT], [test "$pspawn_cv_version_script" = yes])
])
