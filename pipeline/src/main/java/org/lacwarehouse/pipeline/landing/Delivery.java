package org.lacwarehouse.pipeline.landing;

import java.time.LocalDate;

/**
 * One delivered file as the register remembers it: the unit of work of the whole pipeline. A file that holds several
 * datasets, as the DfE return does, is as many deliveries.
 *
 * @param deliveryId names the delivery for good: authority, source, dataset, extract date and the start of its hash
 * @param authority DfE's three-digit code, or {@code national}
 * @param source the system it comes from
 * @param dataset the dataset it holds; when it was refused or held unrecognised, the file's name
 * @param extractDate the date on which the source system was extracted
 * @param file its path below the landing zone
 * @param bytes its size
 * @param modified when it was last changed, in milliseconds since 1970
 * @param sha256 the hash of its bytes
 * @param status what became of it
 * @param reason why it was refused or held, or what was noted on reading it; empty when there is nothing to say
 * @param rowsIn its data rows; 0 when it was not read
 * @param layout how it is to be read; null unless it was loaded
 */
public record Delivery(
        String deliveryId,
        String authority,
        String source,
        String dataset,
        LocalDate extractDate,
        String file,
        long bytes,
        long modified,
        String sha256,
        DeliveryStatus status,
        String reason,
        long rowsIn,
        FileLayout layout) {

    /** An id that is the same for the same bytes in the same place of the landing zone's layout. */
    public static String id(String authority, String source, String dataset, LocalDate extractDate, String sha256) {
        return String.join(".", authority, source, dataset, extractDate.toString(), sha256.substring(0, 12));
    }

    /** The dataset's name as used in messages: {@code 826/social_care/episodes}. */
    public String slice() {
        return slice(authority, source, dataset);
    }

    /** The name of a dataset of an authority: {@code 826/social_care/episodes}. */
    static String slice(String authority, String source, String dataset) {
        return authority + "/" + source + "/" + dataset;
    }

    /** This delivery with another status, and nothing read of it. */
    public Delivery as(DeliveryStatus other, String why) {
        return new Delivery(
                deliveryId,
                authority,
                source,
                dataset,
                extractDate,
                file,
                bytes,
                modified,
                sha256,
                other,
                why,
                0,
                null);
    }

    /** This delivery after rows were erased from it. */
    Delivery withRows(long rows) {
        return new Delivery(
                deliveryId,
                authority,
                source,
                dataset,
                extractDate,
                file,
                bytes,
                modified,
                sha256,
                status,
                reason,
                rows,
                layout);
    }

    /** This delivery with something more to say about it. */
    Delivery noting(String note) {
        if (note.isEmpty()) {
            return this;
        }
        return new Delivery(
                deliveryId,
                authority,
                source,
                dataset,
                extractDate,
                file,
                bytes,
                modified,
                sha256,
                status,
                reason.isEmpty() ? note : reason + "; " + note,
                rowsIn,
                layout);
    }

    /** The file's name without its folders. */
    public String fileName() {
        return file.substring(file.lastIndexOf('/') + 1);
    }
}
