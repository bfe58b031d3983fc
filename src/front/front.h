/* What the parts of the front share. Linux has all of them; Windows has answers.c, provider.c and the parts in windows/. */
#ifndef FRONT_H
#define FRONT_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "record.h"

#define NAME "docker-credential-openshift"

enum {
    /* From the start to the answer, by a clock that nothing moves. Engines are promised 5 s. */
    DEADLINE_MS = 4850,
    /* How often whatever still blocks is interrupted from then on. */
    TICK_MS = 20,
    /* How long stderr is waited for once the answer is out. */
    STDERR_MS = 200,
    LONGEST_HOST = 4096,
    /* File systems take 255 bytes; a longer host has no record. */
    LONGEST_RECORD_NAME = 200,
    /* Of a credential to keep, and of a kubelet's request. */
    LONGEST_JSON = 1024 * 1024 + 4096,
    LARGEST_ANSWER = 1024 * 1024,
    /* Of what the main program says on stderr. */
    MOST_STDERR = 64 * 1024,
    WHY_BYTES = 1024,
    /* A kubelet's response without a credential. */
    PROVIDER_NONE_BYTES = 256,
    /* In place of an exit status, of a program that did not end by itself. */
    WAS_ENDED = -1,
};

/* docker's credential-helper protocol; and what a kubelet calls, `kubelet provide`. */
enum verb { GET, STORE, ERASE, LIST, PROVIDE };

/* What came on stdin, and what is at hand for it; another process, which shares this memory, may write it. */
struct request {
    char bytes[LONGEST_JSON];
    size_t length;
    /* All of it is there: the first line of a host, or a file's end. */
    bool is_complete;
    /* It is a person's terminal, and was not read. */
    bool is_terminal;
    /* The registry host, where it is spelt in the usual way; else empty. */
    char host[LONGEST_HOST];
    /* What its record is kept as. */
    char record_name[LONGEST_HOST + 16];
    bool is_answered;
    struct answer answer;
    /* The file that is looked at just now. */
    const char *file;
    /* What may hang is looked at, too. */
    bool may_wait;
    /* Something was not looked at, since it might have hung. */
    bool is_doubtful;
    /* Where the host's record is, or would be; NULL: nowhere. */
    const char *record;
};

/* Set once the time is over; from then on a signal every TICK_MS interrupts whatever blocks. */
extern volatile sig_atomic_t is_late;

/* request.c */
/* Whether reading stdin is sure to be interrupted by a signal. */
bool is_stdin_a_pipe(void);
/* Reads stdin for a verb. Ends early when it is late. */
void read_input(enum verb verb, struct request *request);
/* Looks for a ready record, for GET and PROVIDE. */
void look_for_answer(enum verb verb, struct request *request, char *const *environment, bool may_wait);

/* flight.c */
/* Waits while another process decides for this record. @return whether it has decided: the record is worth a second look */
bool join_flight(const char *record);
/* Tells those who wait that the record is there; nothing where this process does not decide. */
void end_flight(void);

/* supervise.c */
struct supervised {
    enum verb verb;
    char **arguments;
    char **environment;
    const struct request *request;
};
/* Starts the main program, stands over it, and says what comes of it. @return the exit status */
int supervise(const struct supervised *what);
/*
 * Puts the main program into this process's place; returns only if it can't, having said why.
 * @param needs_directory whether what is asked may name files from the working directory. @return the exit status
 */
int become_main(char **arguments, char **environment, bool needs_directory);

/* answers.c */
/* What a runtime would obey: the beginnings of such variables, and a NULL. */
extern const char *const RUNTIME_VARIABLES[];
/* @return whether it is a call of a protocol; a `get` with words after it, too, which is to get one of its answers */
bool read_verb(int count, char **arguments, enum verb *found);
/* The host that is asked for, if it is spelt as nearly always; every other spelling is the main program's. */
void read_host(enum verb verb, struct request *request);
/* Whether hosts that engines spell in the usual way may have it. */
bool is_host_character(char it);
/* Whether a text is one of the answers of a verb, with its status. */
bool is_answer(enum verb verb, const char *text, size_t length, int status);
/* The status of the answer that a text is, whole, to GET or PROVIDE; -1: it is none. */
int status_of_answer(enum verb verb, const char *text, size_t length);
/* The status of the answer that a program gave which ended with this one, or WAS_ENDED; -1: it gave none. */
int status_that_answers(enum verb verb, const char *text, size_t length, int status);
/* What is said of a main program that can't be started, and of one that gave no answer of `length` bytes, or none that ends. */
void why_not_startable(const char *path, const char *what, const char *cause, char why[WHY_BYTES]);
void why_ended(int status, size_t length, char why[WHY_BYTES]);
void why_too_much(char why[WHY_BYTES]);
/* Says the answer of a verb that failed, and why. @return the exit status */
int fail(enum verb verb, const struct request *request, const char *why);
/* What is said where the time is over. */
void why_late(enum verb verb, const struct request *request, bool is_started, char why[WHY_BYTES]);
/* Goes past an exact text; a string of JSON; an object of strings. @return whether it is there */
bool skip_text(const char **at, const char *end, const char *text);
bool skip_string(const char **at, const char *end);
bool skip_strings(const char **at, const char *end);

/* say.c, windows/say.c */
/* Writes stdout's bytes, then stderr's, which never keep the answer from being given. */
void say(const char *out, size_t out_length, const char *err, size_t err_length);

/* provider.c */
/* The registry host of a request that is written as kubelets write it. @return its length; 0: it is written otherwise */
size_t host_of_provider_request(const char *text, size_t length, const char **host);
/* A kubelet's response, whole, on one line. */
bool is_provider_response(const char *text, size_t length);
/* The response that has no credential, in the version that is asked for. */
void write_no_credential(const struct request *request, char text[PROVIDER_NONE_BYTES]);

#endif
