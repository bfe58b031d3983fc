/*
 * What engines start on Windows: it starts the main program beside it and stands over that, so that an engine gets one of its
 * answers in time, whatever happens. It reads no ready record (docs/decisions/0016-releases.md says why).
 */
#include <string.h>

#include "parts.h"

#ifndef VERSION
#error "scripts/lib/compile-front.sh defines VERSION"
#endif

/* Arguments are what they are: no names of files are made of them. */
int _dowildcard = 0;

int wmain(int count, wchar_t **arguments);

static struct request request;
static enum verb verb;

/* Whether it is a call of a protocol, of which no word has as many letters as there is room for. */
static bool is_call(int count, wchar_t **arguments) {
    static char texts[3][16];
    char *words[3] = {texts[0], texts[1], texts[2]};
    for (int i = 1; i < count && i < 3; i++) {
        if (WideCharToMultiByte(CP_UTF8, 0, arguments[i], -1, texts[i], sizeof texts[i], NULL, NULL) == 0) strcpy(texts[i], "?");
    }
    return read_verb(count, words, &verb);
}

/* Reads stdin to its end, its first newline if that ends it, or its limit. */
static DWORD WINAPI read_request(void *unused) {
    (void)unused;
    HANDLE in = GetStdHandle(STD_INPUT_HANDLE);
    bool ends_at_newline = verb == GET || verb == ERASE;
    size_t limit = ends_at_newline ? LONGEST_HOST : LONGEST_JSON;
    while (request.length < limit) {
        char *fresh = request.bytes + request.length;
        DWORD read = 0;
        if (!ReadFile(in, fresh, (DWORD)(limit - request.length), &read, NULL)) break;
        // Who writes nothing to a pipe sends an empty message, which is not its end.
        if (read == 0 && !PeekNamedPipe(in, NULL, 0, NULL, NULL, NULL)) break;
        request.length += read;
        if (ends_at_newline && memchr(fresh, '\n', read) != NULL) break;
    }
    if (verb != STORE) read_host(verb, &request);
    request.is_complete = true;
    return 0;
}

int wmain(int count, wchar_t **arguments) {
    static const char version[] = NAME " front v" VERSION "\n";
    DWORD mode;
    start_clock();
    if (count == 2 && wcscmp(arguments[1], L"--front") == 0) {
        say(version, sizeof version - 1, NULL, 0);
        return 0;
    }
    if (!is_call(count, arguments)) return run_for_person();
    bool has_input = !(verb == GET && count > 2) && verb != LIST;
    // A person, whom the main program tells how it is meant.
    if (has_input && GetConsoleMode(GetStdHandle(STD_INPUT_HANDLE), &mode)) return run_for_person();
    // No window waits for somebody to read of a program that crashed: neither this one's nor one of those that it starts.
    SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX);
    if (has_input && !run_for(ms_left(), read_request, NULL)) {
        char why[WHY_BYTES];
        why_late(verb, &request, false, why);
        return fail(verb, &request, why);
    }
    return supervise_main(verb, &request);
}
