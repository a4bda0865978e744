UPDATE posts SET title = upper(title) FROM users u WHERE u.id = posts.user_id AND (u.email, u.id) > (?, 3)
