package org.lacwarehouse.marts.metabase;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/**
 * Metabase's REST API. Whatever goes wrong is an {@link IllegalStateException} with one line for the operator; the key is in
 * none of them.
 */
public final class MetabaseApi {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST = 300;

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(20))
            .build();
    private final String url;
    private final String key;

    /**
     * @param url where Metabase is, as in a browser
     * @param key an API key of it
     */
    public MetabaseApi(URI url, String key) {
        this.url = url.toString().replaceFirst("/+$", "");
        this.key = key;
    }

    /** Where Metabase is, without a slash at the end. */
    String url() {
        return url;
    }

    JsonNode get(String path) {
        return send("GET", path, null);
    }

    JsonNode post(String path, Object body) {
        return send("POST", path, body);
    }

    JsonNode put(String path, Object body) {
        return send("PUT", path, body);
    }

    private JsonNode send(String method, String path, Object body) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url + path))
                    .timeout(Duration.ofMinutes(5))
                    .header("x-api-key", key)
                    .header("Content-Type", "application/json")
                    .method(
                            method,
                            body == null
                                    ? HttpRequest.BodyPublishers.noBody()
                                    : HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
                    .build();
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() / 100 == 2) {
                return JSON.readTree(response.body());
            }
            throw new IllegalStateException(refusal(method + " " + path, response));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(
                    "What answers at " + url + " is not Metabase: " + method + " " + path + " gives no JSON", e);
        } catch (IOException e) {
            throw new IllegalStateException(
                    "Metabase does not answer at " + url + " (" + e.getClass().getSimpleName()
                            + "); see whether it runs and --url is its address, then run this again",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while Metabase was asked", e);
        }
    }

    private String refusal(String asked, HttpResponse<String> response) {
        return switch (response.statusCode()) {
            case 401 ->
                "Metabase at " + url + " does not know the key; make one there under Admin settings,"
                        + " Authentication, API keys, and give it in LAC_METABASE_KEY or --key-file";
            case 403 ->
                "Metabase at " + url + " does not allow the key " + asked + "; its group must be able to curate"
                        + " collections and to write SQL for the database: use a key of the group Administrators, or grant it";
            case 301, 302, 307, 308 ->
                "What answers at " + url + " refers to "
                        + response.headers().firstValue("Location").orElse("another address") + "; give that as --url";
            default ->
                "Metabase at " + url + " answers " + response.statusCode() + " to " + asked + ": "
                        + said(response.body());
        };
    }

    /** What Metabase says is wrong, in one line. */
    private static String said(String body) {
        String said = body;
        try {
            JsonNode json = JSON.readTree(body);
            for (String member : new String[] {"message", "specific-errors", "errors", "error"}) {
                if (json.hasNonNull(member)) {
                    said = json.get(member).isTextual()
                            ? json.get(member).asText()
                            : json.get(member).toString();
                    break;
                }
            }
        } catch (JsonProcessingException e) {
            said = body;
        }
        String line = said.replaceAll("\\s+", " ").strip();
        return line.length() > LONGEST ? line.substring(0, LONGEST) + "..." : line;
    }
}
