package org.lacwarehouse.pipeline.contract;

import java.io.Serializable;
import java.util.List;

/**
 * One part of a dataset's key: a column, or several ways of saying the same thing of which the first that a row fills
 * counts, such as {@code UPN | FORENAME + SURNAME + DOB}.
 *
 * @param words the part as its contract writes it
 * @param alternatives the columns of each way
 */
public record KeyPart(String words, List<List<String>> alternatives) implements Serializable {
    static KeyPart parse(String words) {
        return new KeyPart(
                words,
                List.of(words.split("\\|")).stream()
                        .map(way -> List.of(way.strip().split("\\s*\\+\\s*")))
                        .toList());
    }
}
