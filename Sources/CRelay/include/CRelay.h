#ifndef CRELAY_H
#define CRELAY_H

/// Lets libdispatch ask about this process's own threads where Landlock lets nobody into the rest of /proc.
///
/// Its monitor opens /proc/TID/stat for each of its threads, and ends the program where it can't (src/event/workqueue.c,
/// _dispatch_workq_count_runnable_workers). A rule for a directory of a thread that does not exist yet can't be made, and one for
/// all of /proc would show every process of the node. So this program's open(3) asks below /proc/self/task for these names.
/// - Parameter directory: /proc/self/task. It must stay open: the rule is about an inode, which procfs makes anew once nobody holds it.
void relay_ask_threads_below(int directory);

#endif
