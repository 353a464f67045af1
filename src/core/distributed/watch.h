// Who of a group of processes is still there: each says so on the board, and watches the others.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "core/distributed/group.h"

namespace latent {

/// How long the processes of a group wait for each other.
struct Patience {
  std::chrono::milliseconds timeout{60'000};  // until a silent process counts as lost

  /// Between two signs of life.
  std::chrono::milliseconds beat() const;
  /// A process that was silent for so long is lost: less than `timeout`, so that everything that
  /// follows ends within it.
  std::chrono::milliseconds limit() const;
};

/// Writes this process's signs of life to the board and reads the others', in a thread of its own.
///
/// A process is lost if it gave no sign for `Patience::limit`; one that failed says so itself. As
/// long as signs come, a process may take as long as it likes for its work.
class Watch {
 public:
  /// board: a connection of its own, on which all processes have written their first signs.
  /// host: of this process, for messages.
  Watch(std::unique_ptr<Board> board, const Launch& launch, const std::string& host,
        const Patience& patience);
  /// Returns what a process writes to the board under its sign_key before it makes its watch.
  static std::string first_sign(const std::string& host);
  /// Gives the thread up if it waits for a board that does not answer.
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  /// Returns one line that names the process that was lost or failed, and a remedy; "" if all is
  /// well.
  std::string complaint() const;
  /// Returns such a line after a connection broke, once it is known whose: waits for at most
  /// `Patience::limit`. reason: what the transport says, if no process turns out to be lost.
  std::string explain(const std::string& reason) const;
  /// Tells the others that this process fails. Waits for a moment until they can have read it.
  void fail(const std::string& message);
  /// Tells the others that this process is done, and waits until all are, or one is lost.
  void leave();
  /// Ends the process with the complaint, from the watching thread, if the other threads do not end
  /// it by themselves: one of them may wait for a GPU that waits for a lost process.
  void end_process_if_needed();

 private:
  struct State;
  static void work(const std::shared_ptr<State>& state);

  std::shared_ptr<State> state_;  // shared with the thread, which may outlive this object
};

}  // namespace latent
