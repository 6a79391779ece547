/* SPDX-License-Identifier: ISC */
/*
 * What the library's files call each other, as the linker sees it. In a static
 * library these names would meet those of the program, which may well have a
 * reserve() of its own. A new function that another file calls has a line here;
 * tests/symbols.t asks for it.
 */
#ifndef NAMES_H
#define NAMES_H

#define backend_fork pspawn0_backend_fork
#define backend_linux pspawn0_backend_linux
#define backend_posix_spawn pspawn0_backend_posix_spawn
#define choose pspawn0_choose
#define choose_next pspawn0_choose_next
#define close_rest pspawn0_close_rest
#define cmd_check pspawn0_cmd_check
#define entry_clone pspawn0_entry_clone
#define entry_clone3 pspawn0_entry_clone3
#define env_edit pspawn0_env_edit
#define fdmap_order pspawn0_fdmap_order
#define fdmap_unused pspawn0_fdmap_unused
#define fill_error pspawn0_fill_error
#define fork_rehearse pspawn0_fork_rehearse
#define ladder pspawn0_ladder
#define lower pspawn0_lower
#define missing_interpreter pspawn0_missing_interpreter
#define numbers_drop pspawn0_numbers_drop
#define numbers_hand_over pspawn0_numbers_hand_over
#define numbers_take pspawn0_numbers_take
#define path_search pspawn0_path_search
#define plan_make pspawn0_plan_make
#define plan_pairs pspawn0_plan_pairs
#define plan_seats pspawn0_plan_seats
#define plan_unused pspawn0_plan_unused
#define replay pspawn0_replay
#define report_failure pspawn0_report_failure
#define reserve pspawn0_reserve
#define step_names pspawn0_step_names
#define sys_accept pspawn0_sys_accept
#define sys_block_signals pspawn0_sys_block_signals
#define sys_chdir pspawn0_sys_chdir
#define sys_close pspawn0_sys_close
#define sys_close_range pspawn0_sys_close_range
#define sys_default_signals pspawn0_sys_default_signals
#define sys_disable_cancel pspawn0_sys_disable_cancel
#define sys_dup2 pspawn0_sys_dup2
#define sys_dup_from pspawn0_sys_dup_from
#define sys_empty_mask pspawn0_sys_empty_mask
#define sys_environ pspawn0_sys_environ
#define sys_executable pspawn0_sys_executable
#define sys_execve pspawn0_sys_execve
#define sys_exit pspawn0_sys_exit
#define sys_fchdir pspawn0_sys_fchdir
#define sys_fd_limit pspawn0_sys_fd_limit
#define sys_fds_next pspawn0_sys_fds_next
#define sys_fds_open pspawn0_sys_fds_open
#define sys_fds_rewind pspawn0_sys_fds_rewind
#define sys_fork pspawn0_sys_fork
#define sys_getfd pspawn0_sys_getfd
#define sys_kernel_is_at_least pspawn0_sys_kernel_is_at_least
#define sys_kill pspawn0_sys_kill
#define sys_open pspawn0_sys_open
#define sys_open_cloexec pspawn0_sys_open_cloexec
#define sys_pipe pspawn0_sys_pipe
#define sys_read pspawn0_sys_read
#define sys_reap pspawn0_sys_reap
#define sys_release pspawn0_sys_release
#define sys_restore_cancel pspawn0_sys_restore_cancel
#define sys_set_mask pspawn0_sys_set_mask
#define sys_setfd pspawn0_sys_setfd
#define sys_socket pspawn0_sys_socket
#define sys_socketpair pspawn0_sys_socketpair
#define sys_unshare_files pspawn0_sys_unshare_files
#define sys_write pspawn0_sys_write
#define text_add pspawn0_text_add
#define text_add_quoted pspawn0_text_add_quoted
#define wait_by_pid pspawn0_wait_by_pid
#define wait_deadline pspawn0_wait_deadline
#define wait_left pspawn0_wait_left
#define wait_with_backoff pspawn0_wait_with_backoff
#define watch_attach pspawn0_watch_attach
#define watch_cancel pspawn0_watch_cancel
#define watch_kill pspawn0_watch_kill
#define watch_prepare pspawn0_watch_prepare
#define watch_wait pspawn0_watch_wait
#define work_begin pspawn0_work_begin
#define work_done pspawn0_work_done
#define work_plan pspawn0_work_plan

#endif
