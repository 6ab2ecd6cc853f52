package org.lacwarehouse.jobs;

import io.delta.storage.HDFSLogStore;
import java.io.IOException;
import java.util.Iterator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Where Delta writes its commits, on a file system that once does what it was asked and does not say so. */
public final class ForgetfulLogStore extends HDFSLogStore {
    private static volatile String table = "";
    private static volatile boolean hasForgotten;

    /** As Delta makes it. */
    public ForgetfulLogStore(Configuration conf) {
        super(conf);
    }

    /** The answer to the next commit of a table is lost. */
    static void forgetsNext(String path) {
        table = path;
        hasForgotten = false;
    }

    static boolean hasForgotten() {
        return hasForgotten;
    }

    @Override
    public void write(Path path, Iterator<String> actions, Boolean overwrite, Configuration conf) throws IOException {
        super.write(path, actions, overwrite, conf);
        if (!hasForgotten && path.toString().contains(table) && path.getName().endsWith(".json")) {
            hasForgotten = true;
            throw new IOException("the connection was reset");
        }
    }
}
