#define _GNU_SOURCE
#include "report.h"

#include "include/child_process.h"
#include "include/fatal_report.h"
#include "line.h"

#include <errno.h>
#include <guard.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { exit_unavailable = 69, longest_wait = 1000, note_limit = RP_CALLS_SHOWN + 3 };

/* Every text of a report. %p: the plugin; %d: the detail; %w: where, as in "fill of 'gabor'". */
static const struct { const char *code, *message; } ends[] = {
  [RP_END_SIGNAL] = {"R0361", "the plugin '%p' crashed: %d in %w"},
  [RP_END_EXIT] = {"R0362", "the plugin '%p' ended the process: %d in %w"},
  [RP_END_THREAD] = {"R0363", "the plugin '%p' ended a thread of the host: pthread_exit or cancellation in %w"},
  [RP_END_TIME] = {"R0364", "the plugin '%p' did not come back within %d: %w"},
};
static const char caller_note[] = "called from %w of the plugin '%p'";
static const char more_note[] = "called from further plugins: ";
static const char address_note[] = "the address is ";
static const char offset_note[] = "the instruction is at ";
static const char offset_note_end[] = " in the file";
static const char unnamed_call[] = "a call";
static const char hint[] = "reinit plugin inspect ";

static bool as_json;
static pid_t reporting;

/* One report at most: nothing of it is on the stack, which may be small. */
static struct {
  rp_line message, place, hint, notes[note_limit];
  uint32_t n_notes;
} said;

static char pending[4096];
static size_t n_pending;

void rp_report_as_json(bool yes) { __atomic_store_n(&as_json, yes, __ATOMIC_RELAXED); }

void rp_name_calls(struct rp_incident *incident, const struct rp_thread *thread) {
  uint32_t depth = __atomic_load_n(&thread->depth, __ATOMIC_ACQUIRE);
  const struct rp_frame *frames = __atomic_load_n(&thread->frames, __ATOMIC_ACQUIRE);
  while (depth > 0 && incident->n_calls < RP_CALLS_SHOWN)
    incident->calls[incident->n_calls++] = __atomic_load_n(&frames[--depth].site, __ATOMIC_RELAXED);
  incident->n_more = depth;
}

static void add_where(rp_line *line, const rp_site *site) {
  char first = 0;
  if (rp_peek(site->call, &first, 1) == 1 && first) rp_line_add_foreign(line, site->call);
  else rp_line_add(line, unnamed_call);
  if (!site->subject || rp_peek(site->subject, &first, 1) != 1 || !first) return;
  rp_line_add(line, " of '");
  rp_line_add_foreign(line, site->subject);
  rp_line_add(line, "'");
}

static void add_formatted(rp_line *line, const char *format, const rp_site *site, const char *detail) {
  for (const char *c = format; *c; c++) {
    char letter[2] = {*c, 0};
    if (*c != '%') rp_line_add(line, letter);
    else if (*++c == 'p') rp_line_add_foreign(line, site->plugin);
    else if (*c == 'd') rp_line_add(line, detail);
    else add_where(line, site);
  }
}

static rp_line *new_note(void) {
  return &said.notes[said.n_notes < note_limit - 1 ? said.n_notes++ : said.n_notes];
}

static void say_numbers(const struct rp_incident *incident) {
  if (incident->has_address) {
    rp_line *note = new_note();
    rp_line_add(note, address_note);
    rp_line_add_hex(note, incident->address);
  }
  if (!incident->has_offset) return;
  rp_line *note = new_note();
  rp_line_add(note, offset_note);
  rp_line_add_hex(note, incident->offset);
  rp_line_add(note, offset_note_end);
}

static void say(const struct rp_incident *incident) {
  for (uint32_t i = 0; i < incident->n_calls; i++) {
    rp_site site;
    if (rp_peek(incident->calls[i], &site, sizeof site) != sizeof site) memset(&site, 0, sizeof site);
    if (i > 0) {
      add_formatted(new_note(), caller_note, &site, "");
      continue;
    }
    add_formatted(&said.message, ends[incident->end].message, &site, incident->detail);
    rp_line_add_foreign(&said.place, site.file);
    rp_line_add(&said.hint, hint);
    rp_line_add_word(&said.hint, site.file);
    say_numbers(incident);
  }
  if (incident->n_more == 0) return;
  rp_line *note = new_note();
  rp_line_add(note, more_note);
  rp_line_add_number(note, incident->n_more);
}

static void flush(void) {
  struct pollfd ready = {STDERR_FILENO, POLLOUT, 0};
  for (size_t done = 0; done < n_pending;) {
    ssize_t written = write(STDERR_FILENO, pending + done, n_pending - done);
    if (written > 0) done += (size_t)written;
    else if (written == 0 || (errno != EINTR && errno != EAGAIN)) break;
    else if (errno == EAGAIN && poll(&ready, 1, longest_wait) == 0) break;
  }
  n_pending = 0;
}

static void put(const char *bytes, size_t count) {
  if (count > sizeof pending - n_pending) flush();
  memcpy(pending + n_pending, bytes, count);
  n_pending += count;
}

static void put_text(const char *text) { put(text, strlen(text)); }

static void put_line(const char *before, const rp_line *line) {
  put_text(before);
  rp_line_show(line, false, put);
  put_text("\n");
}

static void write_text(const char *code) {
  put_text("error[");
  put_text(code);
  put_line("]: ", &said.message);
  if (said.place.count) put_line("      at ", &said.place);
  for (uint32_t i = 0; i < said.n_notes; i++) put_line("      ", &said.notes[i]);
  if (said.place.count) put_line("  hint: ", &said.hint);
}

static void write_json(const char *code) {
  put_text("{\"schema\":\"reinit.error/1\",\"code\":\"");
  put_text(code);
  put_text("\",\"message\":");
  rp_line_show(&said.message, true, put);
  if (said.place.count) put_text(",\"place\":"), rp_line_show(&said.place, true, put);
  put_text(",\"notes\":[");
  for (uint32_t i = 0; i < said.n_notes; i++) {
    if (i > 0) put_text(",");
    rp_line_show(&said.notes[i], true, put);
  }
  put_text("],\"hints\":[");
  if (said.place.count) rp_line_show(&said.hint, true, put);
  put_text("]}\n");
}

void rp_report(const struct rp_incident *incident) {
  pid_t self = (pid_t)syscall(SYS_gettid), first = 0;
  if (!__atomic_compare_exchange_n(&reporting, &first, self, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
    if (first == self) _exit(exit_unavailable);
    for (;;) pause();
  }
  // Before anything is written: whoever reads standard error may be slow, or gone. For this thread alone: how the
  // process takes the signal is its own matter.
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, NULL);
  rp_child_kill_all();
  reinit_temporary_unlink_all();
  reinit_notice_write_all(STDERR_FILENO);
  say(incident);
  if (__atomic_load_n(&as_json, __ATOMIC_RELAXED)) write_json(ends[incident->end].code);
  else write_text(ends[incident->end].code);
  flush();
  _exit(exit_unavailable);
}

void rp_report_thread_end(struct rp_thread *thread) {
  // In a process that was forked from ours there is nobody to tell, and nothing to clear away.
  if (!rp_is_home()) _exit(exit_unavailable);
  struct rp_incident incident = {.end = RP_END_THREAD, .detail = ""};
  rp_name_calls(&incident, thread);
  rp_report(&incident);
}
