// One object in memory that is never swapped out, between guard pages and wiped at its end: for
// keys that live as long as the process. A system that allows no locked memory still gives the
// guard pages; locked() tells, and the program says so once or, if asked to, refuses.
#pragma once

#include <sodium.h>

#include <memory>
#include <new>
#include <utility>

namespace bisik::crypto {

template <class T>
class Locked {
 public:
  // Built in place by `make()`, so that no other copy is made. Throws std::bad_alloc without
  // memory, and what `make` throws.
  template <class Make>
  [[nodiscard]] static Locked built_by(Make&& make) {
    Locked locked;
    ::new (locked.memory_.get()) T{std::forward<Make>(make)()};
    locked.built_ = true;
    return locked;
  }

  Locked(Locked&& other) noexcept
      : memory_{std::move(other.memory_)},
        built_{std::exchange(other.built_, false)},
        locked_{other.locked_} {}
  Locked& operator=(Locked&&) = delete;
  ~Locked() {
    if (built_) std::destroy_at(get());
  }

  [[nodiscard]] const T& operator*() const noexcept { return *get(); }
  [[nodiscard]] const T* operator->() const noexcept { return get(); }
  [[nodiscard]] bool locked() const noexcept { return locked_; }

 private:
  struct Free {
    void operator()(void* memory) const noexcept { sodium_free(memory); }
  };

  // sodium_malloc puts the object's end at a page's end: its address is aligned if its size is.
  Locked() : memory_{sodium_malloc(sizeof(T))} {
    static_assert(sizeof(T) % alignof(T) == 0);
    if (memory_ == nullptr) throw std::bad_alloc{};
    // sodium_malloc does not say whether it could lock; locking twice is harmless.
    locked_ = sodium_mlock(memory_.get(), sizeof(T)) == 0;
  }

  [[nodiscard]] T* get() const noexcept { return static_cast<T*>(memory_.get()); }

  std::unique_ptr<void, Free> memory_;
  bool built_ = false;
  bool locked_ = false;
};

}  // namespace bisik::crypto
