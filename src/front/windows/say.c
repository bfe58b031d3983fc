/* The clock, and answers that nobody who does not read keeps from ending. */
#include "parts.h"

static ULONGLONG started_ms;

/* What is still to be written, by a thread that may be left behind. */
struct writing {
    DWORD file;
    const char *text;
    size_t length;
};

void start_clock(void) {
    started_ms = GetTickCount64();
}

DWORD ms_left(void) {
    ULONGLONG passed_ms = GetTickCount64() - started_ms;
    return passed_ms < DEADLINE_MS ? (DWORD)(DEADLINE_MS - passed_ms) : 0;
}

bool run_for(DWORD ms, LPTHREAD_START_ROUTINE run, void *what) {
    HANDLE thread = CreateThread(NULL, 0, run, what, 0, NULL);
    if (thread == NULL) {
        // None to be had: what can be done without one is.
        run(what);
        return true;
    }
    bool is_done = WaitForSingleObject(thread, ms) == WAIT_OBJECT_0;
    CloseHandle(thread);
    return is_done;
}

/* A console takes characters, whatever code page it has. */
static bool write_to_console(HANDLE file, const struct writing *it) {
    static wchar_t wide[MOST_STDERR];
    DWORD mode, written;
    if (it->length > MOST_STDERR || !GetConsoleMode(file, &mode)) return false;
    int length = MultiByteToWideChar(CP_UTF8, 0, it->text, (int)it->length, wide, MOST_STDERR);
    return length > 0 && WriteConsoleW(file, wide, (DWORD)length, &written, NULL);
}

static DWORD WINAPI write_all(void *what) {
    struct writing *it = what;
    HANDLE file = GetStdHandle(it->file);
    if (write_to_console(file, it)) return 0;
    while (it->length > 0) {
        DWORD written;
        if (!WriteFile(file, it->text, (DWORD)it->length, &written, NULL)) break;
        it->text += written;
        it->length -= written;
    }
    return 0;
}

void say(const char *out, size_t out_length, const char *err, size_t err_length) {
    static struct writing answer, remark;
    DWORD left_ms = ms_left();
    answer = (struct writing){STD_OUTPUT_HANDLE, out, out_length};
    if (out_length > 0) run_for(left_ms > STDERR_MS ? left_ms : STDERR_MS, write_all, &answer);
    remark = (struct writing){STD_ERROR_HANDLE, err, err_length};
    if (err_length > 0) run_for(STDERR_MS, write_all, &remark);
}
