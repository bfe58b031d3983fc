/* What the parts of the front for Windows share. */
#ifndef PARTS_H
#define PARTS_H

#include <windows.h>

#include "../front.h"

enum { LONGEST_PATH = 32768 };

/* A running main program. */
struct child {
    HANDLE process;
    /* Holds it and, of what it starts, what does not go on without it; all that is in it ends with this process. NULL: none was to be had. */
    HANDLE job;
    /* The ends that this process has of its pipes; NULL at a person's command. */
    HANDLE in, out, err;
};

/* start.c */
/*
 * Starts the main program that lies beside this one.
 * @param is_supervised whether it gets pipes, and whatever it starts is in its job, too; else it has this process's files, and what it
 *   starts goes on without it
 * @return whether it runs; else `why` says why not
 */
bool start_main(bool is_supervised, struct child *child, char why[WHY_BYTES]);

/* say.c */
/* Starts the clock by which it gets late: milliseconds since the machine was started, which nobody sets. */
void start_clock(void);
/* @return how long it is until the deadline; 0: it is late */
DWORD ms_left(void);
/* Runs what may block in a thread of its own. @return whether it is done; false: the time is over, and it goes on */
bool run_for(DWORD ms, LPTHREAD_START_ROUTINE run, void *what);

/* supervise.c */
/* Starts the main program for a verb, stands over it, and says what comes of it. @return the exit status */
int supervise_main(enum verb verb, const struct request *request);
/* Runs the main program in this process's place. @return its exit status */
int run_for_person(void);

#endif
