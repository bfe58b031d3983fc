/*
 * In the main program's place on Windows: STAND_IN says what it does. What it leaves behind holds a connection to the port that
 * STAND_IN_PORT names, which closes when that has ended.
 */
#include <winsock2.h>
#include <windows.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME "docker-credential-openshift"

static const char CREDENTIAL[] = "{\"ServerURL\":\"r.example.com\",\"Username\":\"u\",\"Secret\":\"s\"}\n";

static void put(DWORD file, const char *text, size_t length) {
    DWORD written;
    for (; length > 0; text += written, length -= written) {
        if (!WriteFile(GetStdHandle(file), text, (DWORD)length, &written, NULL)) exit(99);
    }
}

static void say(const char *text) {
    put(STD_OUTPUT_HANDLE, text, strlen(text));
}

static void repeat_stdin(DWORD file) {
    char bytes[4096];
    DWORD count;
    while (ReadFile(GetStdHandle(STD_INPUT_HANDLE), bytes, sizeof bytes, &count, NULL) && count > 0) put(file, bytes, count);
}

static SOCKET connect_to_test(const char *greeting) {
    WSADATA data;
    WSAStartup(MAKEWORD(2, 2), &data);
    SOCKET it = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    address.sin_port = htons((u_short)atoi(getenv("STAND_IN_PORT")));
    if (connect(it, (struct sockaddr *)&address, sizeof address) != 0) exit(98);
    send(it, greeting, (int)strlen(greeting), 0);
    return it;
}

/* Starts a program, with this one's own output; waits for the line that it then says, unless it gets no files. */
static void start(const char *program, const char *words, bool is_detached) {
    char line[2048];
    STARTUPINFOA startup = {.cb = sizeof startup, .dwFlags = STARTF_USESTDHANDLES};
    PROCESS_INFORMATION started;
    HANDLE ours = NULL, theirs = NULL;
    DWORD count;
    if (!is_detached) {
        CreatePipe(&ours, &theirs, NULL, 0);
        SetHandleInformation(theirs, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
        startup.hStdOutput = theirs;
    }
    snprintf(line, sizeof line, "\"%s\" %s", program, words);
    // As libuv does for `detached`.
    DWORD flags = is_detached ? DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP : 0;
    if (!CreateProcessA(program, line, NULL, NULL, !is_detached, flags, NULL, NULL, &startup, &started)) exit(97);
    if (is_detached) return;
    CloseHandle(theirs);
    ReadFile(ours, line, 1, &count, NULL);
}

/* A copy of this program under another name, as a plugin would be one. */
static void start_plugin(void) {
    char own[1024], other[1040];
    GetModuleFileNameA(NULL, own, sizeof own);
    snprintf(other, sizeof other, "%s.plugin.exe", own);
    CopyFileA(own, other, FALSE);
    start(other, "plugin", false);
}

/* The front, two directories above, with what the main program asks of it. */
static void start_renewal(void) {
    char own[1024], front[1100];
    GetModuleFileNameA(NULL, own, sizeof own);
    for (int i = 0; i < 3; i++) *strrchr(own, '\\') = '\0';
    snprintf(front, sizeof front, "%s\\bin\\" NAME ".exe", own);
    start(front, "renew --background r.example.com", true);
}

int main(int count, char **arguments) {
    const char *does = getenv("STAND_IN");
    const char *verb = count > 1 ? arguments[1] : "";
    if (does == NULL) return 96;
    // Wine passes on no error mode, and would start a debugger, which says something, too.
    SetErrorMode(SEM_NOGPFAULTERRORBOX);
    if (strcmp(verb, "plugin") == 0) {
        connect_to_test("plugin");
        say("r");
        Sleep(INFINITE);
    }
    if (strcmp(verb, "renew") == 0) {
        // It is told to go on once the answer is out.
        char word;
        SOCKET test = connect_to_test("renewal");
        if (recv(test, &word, 1, 0) == 1) send(test, " renewed", 8, 0);
        closesocket(test);
        return 0;
    }
    if (strcmp(does, "command") == 0) {
        say(GetCommandLineA() + strcspn(GetCommandLineA() + 1, "\"") + 2);
        say("\n");
        repeat_stdin(STD_OUTPUT_HANDLE);
        put(STD_ERROR_HANDLE, "said\n", 5);
        return 7;
    }
    if (strcmp(does, "tell") == 0) {
        repeat_stdin(STD_ERROR_HANDLE);
        for (char **entry = environ; *entry != NULL; entry++) {
            if (_strnicmp(*entry, "BUN_", 4) != 0 && _strnicmp(*entry, "NODE_", 5) != 0) continue;
            put(STD_ERROR_HANDLE, *entry, strlen(*entry));
            put(STD_ERROR_HANDLE, "\n", 1);
        }
    }
    if (strcmp(does, "crash") == 0) RaiseException(EXCEPTION_ACCESS_VIOLATION, EXCEPTION_NONCONTINUABLE, 0, NULL);
    if (strcmp(does, "garbage") == 0) say("hello\n");
    if (strcmp(does, "three") == 0) return 3;
    if (strcmp(does, "half") == 0) put(STD_OUTPUT_HANDLE, CREDENTIAL, 20);
    if (strcmp(does, "flood") == 0) {
        static const char zeros[65536];
        for (int i = 0; i < 1024; i++) put(STD_OUTPUT_HANDLE, zeros, sizeof zeros);
    }
    if (strcmp(does, "remark") == 0) {
        char dots[1000];
        memset(dots, '.', sizeof dots);
        for (int i = 0; i < 1000; i++) put(STD_ERROR_HANDLE, dots, sizeof dots);
    }
    if (strncmp(does, "leave", 5) == 0) start_plugin();
    if (strcmp(does, "leave and end") == 0) return 3;
    bool is_late = strcmp(does, "late") == 0 || strcmp(does, "half") == 0 || strcmp(does, "leave and stay") == 0;
    if (is_late) Sleep(INFINITE);
    if (strcmp(does, "not found") == 0) {
        say("credentials not found in native keychain\n");
        return 1;
    }
    if (strcmp(does, "garbage") == 0) return 0;
    if (strcmp(verb, "get") == 0) say(CREDENTIAL);
    if (strcmp(verb, "list") == 0) say("{\"r.example.com\":\"u\"}\n");
    if (strcmp(does, "renew") == 0) start_renewal();
    if (strcmp(does, "answer and stay") == 0) Sleep(INFINITE);
    if (strcmp(does, "answer and crash") == 0) RaiseException(EXCEPTION_ACCESS_VIOLATION, EXCEPTION_NONCONTINUABLE, 0, NULL);
    return 0;
}
