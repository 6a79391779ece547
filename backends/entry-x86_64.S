/* SPDX-License-Identifier: ISC */
/* See entry.h. The child never returns through a frame that it did not make. */
#include "names.h"

#ifdef __CET__
#include <cet.h>
#else
#define _CET_ENDBR
#endif

	.text

	/* entry_clone3(args rdi, size rsi, run rdx, argument rcx) */
	.globl	entry_clone3
	.hidden	entry_clone3
	.type	entry_clone3, @function
	.p2align 4
entry_clone3:
	.cfi_startproc
	_CET_ENDBR
	movq	%rcx, %r8	/* the kernel overwrites rcx and r11 */
	movl	$435, %eax
	syscall
	testq	%rax, %rax
	jz	.Lchild
	ret
	.cfi_endproc
	.size	entry_clone3, . - entry_clone3

	/* entry_clone(flags rdi, stack rsi, pidfd rdx, run rcx, argument r8) */
	.globl	entry_clone
	.hidden	entry_clone
	.type	entry_clone, @function
	.p2align 4
entry_clone:
	.cfi_startproc
	_CET_ENDBR
	movq	%rcx, %r9
	xorl	%r10d, %r10d	/* child_tid; r8 would be the tls, which we never ask for */
	movl	$56, %eax
	syscall
	testq	%rax, %rax
	jz	.Lchild_of_clone
	ret
	.cfi_endproc
	.size	entry_clone, . - entry_clone

	.type	child, @function
child:
	.cfi_startproc
	.cfi_undefined rip	/* the end of every backtrace */
.Lchild_of_clone:
	movq	%r9, %rdx
.Lchild:
	xorl	%ebp, %ebp
	movq	%r8, %rdi
	call	*%rdx
	movl	%eax, %edi
	movl	$231, %eax	/* exit_group */
	syscall
	hlt
	.cfi_endproc
	.size	child, . - child

	.section .note.GNU-stack, "", @progbits
