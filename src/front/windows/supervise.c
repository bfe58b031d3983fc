/* Stands over the main program. */
#include <stdio.h>
#include <string.h>

#include "parts.h"

enum {
    /* How often it is looked what the main program said; its end is seen at once. */
    LOOK_MS = 10,
    /* How often what is left in the job is looked at, of which some may start more. */
    MOST_LOOKS = 20,
    MOST_IN_JOB = 1024,
};

/* What a program ends with that Windows ended: an exception, which is a warning or an error of NTSTATUS. */
#define FIRST_EXCEPTION 0x80000000u
#define LAST_EXCEPTION 0xCFFFFFFFu

/* What is done in a thread, which may outlast the time. */
static struct {
    enum verb verb;
    const struct request *request;
    struct child child;
    bool is_started;
    char why[WHY_BYTES];
} run;

static char out_text[LARGEST_ANSWER + 1];
static char err_text[MOST_STDERR];
static size_t out_length, err_length;

static DWORD WINAPI start(void *unused) {
    (void)unused;
    run.is_started = start_main(true, &run.child, run.why);
    return 0;
}

/* Gives the main program the request; closes at its end. */
static DWORD WINAPI feed(void *unused) {
    (void)unused;
    const char *at = run.request->bytes;
    for (size_t left = run.request->length; left > 0;) {
        DWORD written;
        if (!WriteFile(run.child.in, at, (DWORD)left, &written, NULL)) break;
        at += written;
        left -= written;
    }
    CloseHandle(run.child.in);
    return 0;
}

/* Takes some of what is there; what goes beyond the limit is read and dropped. @return whether there was something */
static bool take(HANDLE pipe, char *text, size_t *length, size_t limit) {
    static char rest[64 * 1024];
    DWORD there, count;
    bool is_full = *length == limit;
    size_t room = is_full ? sizeof rest : limit - *length;
    if (!PeekNamedPipe(pipe, NULL, 0, NULL, &there, NULL) || there == 0) return false;
    if (!ReadFile(pipe, is_full ? rest : text + *length, there < room ? there : (DWORD)room, &count, NULL)) return false;
    if (!is_full) *length += count;
    return true;
}

static bool take_out(void) {
    return take(run.child.out, out_text, &out_length, sizeof out_text);
}

static bool take_err(void) {
    return take(run.child.err, err_text, &err_length, sizeof err_text);
}

/* Takes what one that has ended left in its pipes. What it started may write on and on. */
static void take_rest(void) {
    while (out_length <= LARGEST_ANSWER && take_out()) continue;
    while (err_length < MOST_STDERR && take_err()) continue;
}

/* Waits until the main program has ended, it is late, or there is too much. @return whether it has ended */
static bool watch(void) {
    for (bool has_taken = false;;) {
        DWORD left_ms = ms_left();
        bool is_over = WaitForSingleObject(run.child.process, has_taken ? 0 : left_ms < LOOK_MS ? left_ms : LOOK_MS) == WAIT_OBJECT_0;
        has_taken = take_out();
        has_taken = take_err() || has_taken;
        if (is_over) take_rest();
        if (is_over || left_ms == 0 || out_length > LARGEST_ANSWER) return is_over;
    }
}

/* Whether a process runs one of our two programs, which have one name. */
static bool is_ours(HANDLE process) {
    static const wchar_t name[] = L"\\" NAME ".exe";
    static wchar_t path[LONGEST_PATH];
    DWORD length = LONGEST_PATH;
    const DWORD name_length = sizeof name / sizeof *name - 1;
    return QueryFullProcessImageNameW(process, 0, path, &length) && length >= name_length &&
           _wcsicmp(path + length - name_length, name) == 0;
}

/* Ends what is in the job and none of ours. @return whether there was any */
static bool end_some_others(HANDLE job) {
    static struct {
        JOBOBJECT_BASIC_PROCESS_ID_LIST list;
        ULONG_PTR more[MOST_IN_JOB];
    } processes;
    bool has_ended_any = false;
    if (!QueryInformationJobObject(job, JobObjectBasicProcessIdList, &processes, sizeof processes, NULL) && GetLastError() != ERROR_MORE_DATA)
        return false;
    for (DWORD i = 0; i < processes.list.NumberOfProcessIdsInList; i++) {
        DWORD id = (DWORD)processes.list.ProcessIdList[i];
        HANDLE process = OpenProcess(PROCESS_TERMINATE | PROCESS_QUERY_INFORMATION, FALSE, id);
        BOOL is_in_job = FALSE;
        // Its number may be another's by now.
        if (process != NULL && IsProcessInJob(process, job, &is_in_job) && is_in_job && !is_ours(process)) {
            TerminateProcess(process, 1);
            has_ended_any = true;
        }
        if (process != NULL) CloseHandle(process);
    }
    return has_ended_any;
}

/* Ends what the main program left behind, but for a renewal, which it starts of our own once the answer is out. */
static void leave_renewal(const struct child *child) {
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION no_limits = {0};
    TerminateProcess(child->process, 1);
    if (child->job == NULL) return;
    for (int look = 0; look < MOST_LOOKS && end_some_others(child->job); look++) continue;
    SetInformationJobObject(child->job, JobObjectExtendedLimitInformation, &no_limits, sizeof no_limits);
}

static void end_all(const struct child *child) {
    TerminateProcess(child->process, 1);
    if (child->job != NULL) TerminateJobObject(child->job, 1);
}

static bool is_exception(DWORD status) {
    return status >= FIRST_EXCEPTION && status <= LAST_EXCEPTION;
}

static void why_it_ended(DWORD status, char why[WHY_BYTES]) {
    if (is_exception(status))
        snprintf(why, WHY_BYTES, "The main program was ended by exception 0x%08lX [program-ended]. Run: " NAME " doctor", status);
    else why_ended((int)status, out_length, why);
}

int supervise_main(enum verb verb, const struct request *request) {
    DWORD end = 0;
    run.verb = verb;
    run.request = request;
    bool is_over = false, is_tried = run_for(ms_left(), start, NULL);
    if (is_tried && !run.is_started) return fail(verb, request, run.why);
    if (is_tried) {
        CloseHandle(CreateThread(NULL, 0, feed, NULL, 0, NULL));
        is_over = watch();
        is_over = is_over && GetExitCodeProcess(run.child.process, &end);
    }
    int status = status_that_answers(verb, out_text, out_length, is_over && !is_exception(end) ? (int)end : WAS_ENDED);
    if (status != -1) {
        say(out_text, verb == ERASE ? 0 : out_length, err_text, err_length);
        leave_renewal(&run.child);
        return status;
    }
    char why[WHY_BYTES];
    if (out_length > LARGEST_ANSWER) why_too_much(why);
    else if (is_over) why_it_ended(end, why);
    else why_late(verb, request, true, why);
    status = fail(verb, request, why);
    if (is_tried) end_all(&run.child);
    return status;
}

/* Ctrl-C is for the main program, which ends as it sees fit. */
static BOOL WINAPI leave_to_main(DWORD event) {
    return event == CTRL_C_EVENT || event == CTRL_BREAK_EVENT;
}

int run_for_person(void) {
    DWORD status = 1;
    SetConsoleCtrlHandler(leave_to_main, TRUE);
    if (!start_main(false, &run.child, run.why)) {
        char text[WHY_BYTES + sizeof NAME + 3];
        int length = snprintf(text, sizeof text, NAME ": %s\n", run.why);
        say(NULL, 0, text, (size_t)length);
        return 1;
    }
    WaitForSingleObject(run.child.process, INFINITE);
    GetExitCodeProcess(run.child.process, &status);
    return (int)status;
}
