/* SPDX-License-Identifier: ISC */
/* See entry.h. The child never returns through a frame that it did not make. */
#include "names.h"

#define LANDING hint 34 /* bti c; a no-operation on older CPUs */

	.text

	/* entry_clone3(args x0, size x1, run x2, argument x3) */
	.globl	entry_clone3
	.hidden	entry_clone3
	.type	entry_clone3, %function
	.p2align 4
entry_clone3:
	.cfi_startproc
	LANDING
	mov	x10, x2
	mov	x11, x3
	mov	x8, #435
	svc	#0
	cbz	x0, .Lchild
	ret
	.cfi_endproc
	.size	entry_clone3, . - entry_clone3

	/* entry_clone(flags x0, stack x1, pidfd x2, run x3, argument x4) */
	.globl	entry_clone
	.hidden	entry_clone
	.type	entry_clone, %function
	.p2align 4
entry_clone:
	.cfi_startproc
	LANDING
	mov	x10, x3
	mov	x11, x4
	mov	x3, xzr		/* tls */
	mov	x4, xzr		/* child_tid */
	mov	x8, #220
	svc	#0
	cbz	x0, .Lchild
	ret
	.cfi_endproc
	.size	entry_clone, . - entry_clone

	.type	child, %function
child:
	.cfi_startproc
	.cfi_undefined x30	/* the end of every backtrace */
.Lchild:
	mov	x29, xzr
	mov	x30, xzr
	mov	x0, x11
	blr	x10
	mov	x8, #94		/* exit_group */
	svc	#0
	brk	#1
	.cfi_endproc
	.size	child, . - child

#if defined(__ARM_FEATURE_BTI_DEFAULT) || defined(__ARM_FEATURE_PAC_DEFAULT)
	/* Without this note one object would switch the protection off for the whole library. */
	.section .note.gnu.property, "a"
	.p2align 3
	.long	4, 16, 5
	.asciz	"GNU"
	.long	0xc0000000, 4
	.long	1, 0
#endif

	.section .note.GNU-stack, "", %progbits
