/* The least that a credential helper can be: reads what it is asked, and answers with the line that it was given. */
#include <stdio.h>
#include <unistd.h>

int main(int count, char **arguments) {
    char asked[4096];
    while (read(0, asked, sizeof asked) > 0) continue;
    return count < 2 || fputs(arguments[1], stdout) < 0;
}
