/*
 * The least that a credential helper can be: reads what it is asked, and answers with the line that it was given, or else
 * with what lies beside it in a file with its name and `.line`.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int count, char **arguments) {
    char text[8192], path[4096];
    while (read(0, text, sizeof text) > 0) continue;
    if (count == 2 && strcmp(arguments[1], "get") != 0) return fputs(arguments[1], stdout) < 0;
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - sizeof ".line");
    if (length < 0) return 1;
    strcpy(path + length, ".line");
    int file = open(path, O_RDONLY);
    length = read(file, text, sizeof text);
    return length <= 0 || write(1, text, (size_t)length) != length;
}
