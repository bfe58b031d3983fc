/* A kubelet's call of its credential provider, in the way that src/kubelet/protocol.ts has it. */
#include <stdio.h>
#include <string.h>

#include "front.h"

#define GROUP "credentialprovider.kubelet.k8s.io/"

/* A version that a request is in, as its apiVersion ends; the current one comes first. */
static const char *const VERSIONS[] = {"v1", "v1beta1", "v1alpha1"};
enum { VERSION_COUNT = sizeof VERSIONS / sizeof *VERSIONS };

/* Goes past what an image's name and tag are made of. */
static void skip_reference(const char **at, const char *end) {
    for (; *at < end; ++*at) {
        char it = **at;
        bool is_usual = (it >= 'a' && it <= 'z') || (it >= 'A' && it <= 'Z') || (it >= '0' && it <= '9') || it == '.' ||
                        it == '-' || it == '_' || it == ':' || it == '/' || it == '@';
        if (!is_usual) return;
    }
}

/*
 * The registry host of a request that is written as kubelets write it (Go's encoder: these fields, in this order); every
 * other spelling is the main program's. What follows the host says nothing of what every pod gets.
 * @return its length, 0: it has none, and where it begins in `host`
 */
size_t host_of_provider_request(const char *text, size_t length, const char **host) {
    const char *at = text, *end = text + length;
    if (!skip_text(&at, end, "{\"kind\":\"CredentialProviderRequest\",\"apiVersion\":\"" GROUP "v1\",\"image\":\"")) return 0;
    *host = at;
    while (at < end && is_host_character(*at)) at++;
    size_t found = (size_t)(at - *host);
    if (found == 0 || !skip_text(&at, end, "/")) return 0;
    skip_reference(&at, end);
    if (!skip_text(&at, end, "\"")) return 0;
    if (skip_text(&at, end, ",\"serviceAccountToken\":") && !skip_string(&at, end)) return 0;
    if (skip_text(&at, end, ",\"serviceAccountAnnotations\":") && !skip_strings(&at, end)) return 0;
    if (!skip_text(&at, end, "}")) return 0;
    skip_text(&at, end, "\n");
    // Without a dot or a port it may be a part of Docker Hub's, or a name of this machine alone.
    bool is_registry = memchr(*host, '.', found) != NULL || memchr(*host, ':', found) != NULL;
    return at == end && is_registry ? found : 0;
}

static bool holds(const struct request *request, const char *text, size_t length) {
    for (size_t at = 0; at + length <= request->length; at++) {
        if (memcmp(request->bytes + at, text, length) == 0) return true;
    }
    return false;
}

/* The version that a request is in, whatever else is wrong with it; the current one if it is in none. */
static const char *version_of(const struct request *request) {
    for (int i = 0; i < VERSION_COUNT; i++) {
        char field[64];
        int length = snprintf(field, sizeof field, GROUP "%s\"", VERSIONS[i]);
        if (holds(request, field, (size_t)length)) return VERSIONS[i];
    }
    return VERSIONS[0];
}

void write_no_credential(const struct request *request, char text[PROVIDER_NONE_BYTES]) {
    snprintf(text, PROVIDER_NONE_BYTES,
             "{\"apiVersion\":\"" GROUP "%s\",\"kind\":\"CredentialProviderResponse\",\"cacheKeyType\":\"Registry\","
             "\"cacheDuration\":\"30s\",\"auth\":{}}\n",
             version_of(request));
}

static bool skip_version(const char **at, const char *end) {
    for (int i = 0; i < VERSION_COUNT; i++) {
        const char *version = *at;
        if (!skip_text(&version, end, VERSIONS[i]) || !skip_text(&version, end, "\"")) continue;
        *at = version;
        return true;
    }
    return false;
}

bool is_provider_response(const char *text, size_t length) {
    const char *at = text, *end = text + length;
    if (!skip_text(&at, end, "{\"apiVersion\":\"" GROUP) || !skip_version(&at, end)) return false;
    if (!skip_text(&at, end, ",\"kind\":\"CredentialProviderResponse\",\"cacheKeyType\":\"Registry\",\"cacheDuration\":\""))
        return false;
    const char *seconds = at;
    while (at < end && *at >= '0' && *at <= '9') at++;
    if (at == seconds || !skip_text(&at, end, "s\",\"auth\":{")) return false;
    if (at < end && *at == '"') {
        if (!skip_string(&at, end) || !skip_text(&at, end, ":{\"username\":") || !skip_string(&at, end)) return false;
        if (!skip_text(&at, end, ",\"password\":") || !skip_string(&at, end) || !skip_text(&at, end, "}")) return false;
    }
    return skip_text(&at, end, "}}\n") && at == end;
}
