/* Finds the main program, by nothing but where this one lies, and starts it in a job. */
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "parts.h"

static const wchar_t BELOW[] = L"\\libexec\\" NAME "\\" NAME ".exe";

/* More of the pipes' bytes than engines send and get. */
enum { PIPE_BYTES = 64 * 1024 };

/* Where the main program is looked for, where this one lies, and what the former is started with. */
static wchar_t path[LONGEST_PATH], front[LONGEST_PATH], line[LONGEST_PATH];

static void remove_runtime_variables(void) {
    wchar_t *all = GetEnvironmentStringsW();
    if (all == NULL) return;
    for (const wchar_t *entry = all; *entry != L'\0'; entry += wcslen(entry) + 1) {
        for (const char *const *name = RUNTIME_VARIABLES; *name != NULL; name++) {
            wchar_t wide[32] = {0}, whole[256];
            int length = (int)strlen(*name);
            for (int i = 0; i < length; i++) wide[i] = (wchar_t)(*name)[i];
            // As Windows compares names: BUN_OPTIONS is found as bun_options, too.
            if (CompareStringOrdinal(entry, length < (int)wcslen(entry) ? length : (int)wcslen(entry), wide, length, TRUE) != CSTR_EQUAL)
                continue;
            size_t end = wcscspn(entry, L"=");
            if (end >= sizeof whole / sizeof *whole) continue;
            wmemcpy(whole, entry, end);
            whole[end] = L'\0';
            SetEnvironmentVariableW(whole, NULL);
        }
    }
    FreeEnvironmentStringsW(all);
}

/* A runtime says in its own words that it can't read the file that this names. */
static void remove_name_of_no_file(void) {
    static const wchar_t name[] = L"NODE_EXTRA_CA_CERTS";
    static wchar_t file[LONGEST_PATH];
    DWORD length = GetEnvironmentVariableW(name, file, LONGEST_PATH);
    if (length == 0 || length >= LONGEST_PATH) return;
    HANDLE opened = CreateFileW(file, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING, 0, NULL);
    if (opened == INVALID_HANDLE_VALUE) SetEnvironmentVariableW(name, NULL);
    else CloseHandle(opened);
}

static bool cut_last_part(wchar_t *text) {
    wchar_t *slash = wcsrchr(text, L'\\');
    if (slash == NULL) return false;
    *slash = L'\0';
    return true;
}

/* Whose a file is. */
struct owner {
    union {
        SECURITY_DESCRIPTOR descriptor;
        char room[1024];
    } bytes;
    /* NULL: it can't be told, or the file system knows no owners. */
    PSID id;
};

static void read_owner(const wchar_t *file, struct owner *owner) {
    DWORD size;
    BOOL is_default;
    owner->id = NULL;
    if (GetFileSecurityW(file, OWNER_SECURITY_INFORMATION, &owner->bytes, sizeof owner->bytes, &size))
        GetSecurityDescriptorOwner(&owner->bytes, &owner->id, &is_default);
}

/* A directory may be one in which others may make directories, as C:\ is. */
static bool is_trusted(const wchar_t *file) {
    struct owner owner, own;
    read_owner(file, &owner);
    read_owner(front, &own);
    if (owner.id == NULL || own.id == NULL) return owner.id == own.id;
    return EqualSid(owner.id, own.id) || IsWellKnownSid(owner.id, WinBuiltinAdministratorsSid) ||
           IsWellKnownSid(owner.id, WinLocalSystemSid);
}

/* Where this program lies; through links, as some package managers make them. @return whether that is another path */
static bool follow_links(void) {
    static wchar_t target[LONGEST_PATH];
    HANDLE file = CreateFileW(front, 0, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING, 0, NULL);
    if (file == INVALID_HANDLE_VALUE) return false;
    DWORD length = GetFinalPathNameByHandleW(file, target, LONGEST_PATH, FILE_NAME_NORMALIZED | VOLUME_NAME_DOS);
    CloseHandle(file);
    if (length == 0 || length >= LONGEST_PATH) return false;
    // \\?\C:\… and \\?\UNC\server\share\…, which not every program can read.
    const wchar_t *found = target;
    if (wcsncmp(target, L"\\\\?\\UNC\\", 8) == 0) target[6] = L'\\', found = target + 6;
    else if (wcsncmp(target, L"\\\\?\\", 4) == 0) found = target + 4;
    if (_wcsicmp(found, front) == 0) return false;
    wcscpy(front, found);
    return true;
}

/* In libexec beside the front, or beside the directory that the front is in. @return 0: it is in `path`; else what went wrong */
static DWORD look_for_main(void) {
    wchar_t directory[LONGEST_PATH];
    wcscpy(directory, front);
    for (int above = 0; above < 2 && cut_last_part(directory); above++) {
        if (wcslen(directory) + sizeof BELOW / sizeof *BELOW > LONGEST_PATH) return ERROR_FILENAME_EXCED_RANGE;
        wcscpy(path, directory);
        wcscat(path, BELOW);
        if (GetFileAttributesW(path) != INVALID_FILE_ATTRIBUTES) return is_trusted(path) ? 0 : ERROR_ACCESS_DENIED;
        if (GetLastError() != ERROR_FILE_NOT_FOUND && GetLastError() != ERROR_PATH_NOT_FOUND) return GetLastError();
    }
    return ERROR_FILE_NOT_FOUND;
}

/* Never by PATH or the environment. @return 0: it is in `path`; else what went wrong */
static DWORD find_main(void) {
    DWORD length = GetModuleFileNameW(NULL, front, LONGEST_PATH);
    if (length == 0 || length >= LONGEST_PATH) return ERROR_FILENAME_EXCED_RANGE;
    DWORD error = look_for_main();
    return error == ERROR_FILE_NOT_FOUND && follow_links() ? look_for_main() : error;
}

/* The command line that this process got, with the main program's name instead of this one's. */
static bool write_line(void) {
    const wchar_t *rest = GetCommandLineW();
    // As the C library reads the first word: to the next quote, or to a blank.
    if (*rest == L'"') {
        rest = wcschr(rest + 1, L'"');
        rest = rest == NULL ? L"" : rest + 1;
    } else {
        rest += wcscspn(rest, L" \t");
    }
    if (wcslen(path) + wcslen(rest) + 3 > LONGEST_PATH) return false;
    wcscpy(line, L"\"");
    wcscat(line, path);
    wcscat(line, L"\"");
    wcscat(line, rest);
    return true;
}

/* A job with whose last handle everything in it ends, and which this process alone has. */
static HANDLE make_job(bool is_for_all) {
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};
    HANDLE job = CreateJobObjectW(NULL, NULL);
    limits.BasicLimitInformation.LimitFlags =
        JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | (is_for_all ? JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION : JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK);
    if (job != NULL && SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits)) return job;
    if (job != NULL) CloseHandle(job);
    return NULL;
}

/* A pipe, of which the main program inherits the end that `theirs` is. */
static bool make_pipe(HANDLE *ours, HANDLE *theirs, bool is_read_by_them) {
    HANDLE read, write;
    if (!CreatePipe(&read, &write, NULL, PIPE_BYTES)) return false;
    *ours = is_read_by_them ? write : read;
    *theirs = is_read_by_them ? read : write;
    return SetHandleInformation(*theirs, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
}

/* Starts `path`, in its job from its first instruction on. @return 0, or what went wrong */
static DWORD create_process(struct child *child, HANDLE files[3], bool is_supervised) {
    STARTUPINFOEXW startup = {.StartupInfo = {.cb = sizeof startup}};
    PROCESS_INFORMATION started;
    _Alignas(16) char room[256];
    SIZE_T size = sizeof room;
    LPPROC_THREAD_ATTRIBUTE_LIST attributes = (LPPROC_THREAD_ATTRIBUTE_LIST)(void *)room;
    if (!InitializeProcThreadAttributeList(attributes, 2, 0, &size)) return GetLastError();
    if (child->job != NULL)
        UpdateProcThreadAttribute(attributes, 0, PROC_THREAD_ATTRIBUTE_JOB_LIST, &child->job, sizeof child->job, NULL, NULL);
    // Of an engine's own pipes it inherits none: engines wait for those to be closed.
    if (is_supervised) UpdateProcThreadAttribute(attributes, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, files, 3 * sizeof *files, NULL, NULL);
    startup.lpAttributeList = attributes;
    startup.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
    startup.StartupInfo.hStdInput = files[0];
    startup.StartupInfo.hStdOutput = files[1];
    startup.StartupInfo.hStdError = files[2];
    // Without a console it would get one, with a window.
    DWORD window = GetConsoleCP() == 0 ? CREATE_NO_WINDOW : 0;
    BOOL is_started = CreateProcessW(path, line, NULL, NULL, TRUE, window | EXTENDED_STARTUPINFO_PRESENT, NULL, NULL,
                                     &startup.StartupInfo, &started);
    DWORD error = is_started ? 0 : GetLastError();
    DeleteProcThreadAttributeList(attributes);
    if (!is_started) return error;
    CloseHandle(started.hThread);
    child->process = started.hProcess;
    return 0;
}

/* A job around this process may allow none in it: better without than not at all. @return 0, or what went wrong */
static DWORD create_somehow(struct child *child, HANDLE files[3], bool is_supervised) {
    DWORD error = create_process(child, files, is_supervised);
    if (error != ERROR_ACCESS_DENIED || child->job == NULL) return error;
    CloseHandle(child->job);
    child->job = NULL;
    return create_process(child, files, is_supervised);
}

/* @return 0, or what went wrong */
static DWORD start_with_pipes(struct child *child) {
    HANDLE files[3];
    if (!make_pipe(&child->in, &files[0], true) || !make_pipe(&child->out, &files[1], false) || !make_pipe(&child->err, &files[2], false))
        return GetLastError();
    DWORD error = create_somehow(child, files, true);
    for (int i = 0; i < 3; i++) CloseHandle(files[i]);
    return error;
}

/* @return 0, or what went wrong */
static DWORD start_with_our_files(struct child *child) {
    static const DWORD names[] = {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};
    HANDLE files[3];
    for (int i = 0; i < 3; i++) {
        files[i] = GetStdHandle(names[i]);
        SetHandleInformation(files[i], HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
    }
    return create_somehow(child, files, false);
}

static void why_not_started(DWORD error, char why[WHY_BYTES]) {
    char shown[640], cause[32];
    bool is_missing = error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND;
    bool is_foreign = error == ERROR_BAD_EXE_FORMAT || error == ERROR_EXE_MACHINE_TYPE_MISMATCH;
    if (WideCharToMultiByte(CP_UTF8, 0, path, -1, shown, sizeof shown, NULL, NULL) == 0) strcpy(shown, "The main program");
    snprintf(cause, sizeof cause, "error %lu of Windows", error);
    why_not_startable(shown, is_missing ? "is missing" : is_foreign ? "is not for this machine" : "can't be started", cause, why);
}

bool start_main(bool is_supervised, struct child *child, char why[WHY_BYTES]) {
    DWORD error = find_main();
    if (error == 0 && !write_line()) error = ERROR_FILENAME_EXCED_RANGE;
    if (error == 0) {
        remove_runtime_variables();
        remove_name_of_no_file();
        child->job = make_job(is_supervised);
        error = is_supervised ? start_with_pipes(child) : start_with_our_files(child);
    }
    if (error == 0) return true;
    why_not_started(error, why);
    return false;
}
